@_exported import ConsentKitBase
