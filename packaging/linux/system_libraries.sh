#!/bin/sh
# Finds the system libraries Qt needs to open a window and installs the missing ones where it may.
# Never fails: without them SIGMA still trades headless, and the line printed here says what to type.
set -u
[ "$(uname -s)" = Linux ] || exit 0

# soname:Debian package
WANTED="
libGL.so.1:libgl1
libEGL.so.1:libegl1
libxkbcommon.so.0:libxkbcommon0
libdbus-1.so.3:libdbus-1-3
libfontconfig.so.1:libfontconfig1
libglib-2.0.so.0:libglib2.0-0
libxcb-cursor.so.0:libxcb-cursor0
libxcb-icccm.so.4:libxcb-icccm4
libxcb-image.so.0:libxcb-image0
libxcb-keysyms.so.1:libxcb-keysyms1
libxcb-render-util.so.0:libxcb-render-util0
libxcb-shape.so.0:libxcb-shape0
libxcb-xkb.so.1:libxcb-xkb1
libxkbcommon-x11.so.0:libxkbcommon-x11-0
libwayland-cursor.so.0:libwayland-cursor0
"

known=$(ldconfig -p 2>/dev/null || /sbin/ldconfig -p 2>/dev/null) || exit 0
packages="" libraries=""
for pair in $WANTED; do
    library=${pair%%:*}
    case "$known" in
        *"$library "*) ;;
        *) packages="$packages ${pair#*:}" libraries="$libraries $library" ;;
    esac
done
[ -n "$packages" ] || exit 0

if ! command -v apt-get >/dev/null 2>&1; then
    echo "The window needs system libraries that were not found; install them with your package manager:$libraries" >&2
    exit 0
fi
if [ "$(id -u)" = 0 ]; then
    as_root=""
elif sudo -n true 2>/dev/null; then
    as_root="sudo -n"
else
    echo "The window needs system libraries. Type this once:  sudo apt-get install$packages" >&2
    exit 0
fi
echo "Installing system libraries for the window:$packages ..."
$as_root apt-get update -qq >/dev/null 2>&1 || true
# shellcheck disable=SC2086
$as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $packages >/dev/null 2>&1 ||
    echo "They could not be installed. Type this once:  sudo apt-get install$packages" >&2
exit 0
