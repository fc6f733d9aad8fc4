"""Drawings as pages show them: BPMN and its places become SVG, without a script.

`reading` understands the XML, `shapes` and `symbols` paint, `lettering` breaks names
into lines, `painting` puts a drawing together and marks how far a case went.
"""
