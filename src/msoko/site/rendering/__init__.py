"""An executed notebook becomes markdown, markdown becomes HTML, HTML the body of a page."""
