"""The project's own Excel forms (`registry/forms.yml`): written blank, read back filled."""
