// Everything of the base is part of the package an app imports.
@_exported import ConsentKitBase
