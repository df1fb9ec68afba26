"""The actions of the main window's menus, one file a menu."""
