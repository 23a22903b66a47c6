#!/bin/sh
# Print an interpreter for the peers' environment. 3.12 comes first: the one Python for which every peer has a wheel.
# A name on the path may be a shim that runs nothing, so each is tried; pyenv keeps what it installed in one folder.
runs() { "$1" -c 'import sys; sys.exit(sys.version_info < (3, 12))' 2>/dev/null; }
for version in 3.12 3.13 3.14; do
  for python in "python$version" "${PYENV_ROOT:-$HOME/.pyenv}/versions/$version".*/bin/python; do
    if runs "$python"; then command -v "$python"; exit; fi
  done
done
echo "$1"
