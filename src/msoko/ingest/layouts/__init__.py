"""The layouts that files arrive in, a module or a family of modules each."""
