"""Pure field mapping: paths, transforms, compiled rules.

Called by the map node of the engine and by the preview of the editor; never touches Django or the network.
"""
