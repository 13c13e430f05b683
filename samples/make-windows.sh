#!/usr/bin/env bash
# Makes the Windows sample series without Windows: samples/windows-65535, windows-255 and windows-63,
# each three full-memory minidumps of one process under Wine, and truth.json with what the program
# counted itself. On Windows itself use make-windows.cmd.
#
#     samples/make-windows.sh [REQUEST...]      e.g. samples/make-windows.sh 65535
#
# Needs Wine (64 bit), gcc, x86_64-w64-mingw32-gcc, perl, zstd. INTERVAL=30 sets the seconds between
# two dumps.
# Works in samples/build/ and a temporary directory with a Wine prefix of its own; a series is put in
# place when it is complete.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
interval=${INTERVAL:-30}
scratch=$(mktemp -d "${TMPDIR:-/tmp}/leakviz-XXXXXX")
drive=$scratch/prefix/drive_c/leakviz

# Wine notes its prefix and home in the memory of every process: both are in the temporary directory, as
# is what its server creates (Debian's in TMPDIR).
in_prefix() {
	env -i PATH="$PATH" HOME="$scratch" TMPDIR="$scratch" WINEPREFIX="$scratch/prefix" \
		WINEARCH=win64 WINEDEBUG=-all WINEDLLOVERRIDES='mscoree,mshtml,winemenubuilder.exe=d' "$@"
}

# Ends what still runs in this prefix, and nothing else, then waits for its server.
cleanup() {
	if [[ -d $scratch/prefix ]]; then
		in_prefix wineserver -k || true
		in_prefix wineserver -w || true
	fi
	rm -rf "$scratch"
}
trap cleanup EXIT

# Growth of about 7, 17 and 32 MB, overhead of the allocator included.
counts_of() {
	case $1 in
	65535) echo 107 259 488 ;;
	255) echo 25700 62500 117600 ;;
	63) echo 87500 212500 400000 ;;
	*)
		echo "no counts are set for a request of $1 bytes" >&2
		return 2
		;;
	esac
}

# Wine writes the release of the kernel below it into the dump: overwritten with zeros.
blank_kernel_release() {
	release=$(uname -r) perl -0777 -pi -e 's{\Q$ENV{release}\E}{"\0" x length $&}ge' "$1"
}

make_series() {
	local request=$1 program=leak-$1.exe out=$here/build/windows-$1 step
	local -a counts
	read -ra counts <<<"$(counts_of "$request")"

	echo "$program: ${counts[*]} blocks"
	rm -rf "$out"
	mkdir -p "$out"
	x86_64-w64-mingw32-gcc -O2 -Wall -Wextra -s -DREQUEST="$request" -o "$drive/$program" "$here/programs/leak.c"
	(
		cd "$drive"
		in_prefix wine dumper.exe series 'C:\leakviz' "$interval" "C:\\leakviz\\$program" "$request" "${counts[@]}"
	)
	for ((step = 1; step <= ${#counts[@]}; step++)); do
		"$scratch/strip-images" "$drive/$step.dmp" "$out/$step.dmp"
		blank_kernel_release "$out/$step.dmp"
		touch -r "$drive/$step.dmp" "$out/$step.dmp"
		rm "$drive/$step.dmp"
	done
	mv "$drive/truth.json" "$out/"

	zstd -19 --quiet --rm "$out"/*.dmp
	rm -rf "${here:?}/windows-$request"
	mv "$out" "$here/windows-$request"
	du -sh "$here/windows-$request"
}

in_prefix wineboot --init >/dev/null 2>&1
mkdir -p "$drive"
x86_64-w64-mingw32-gcc -O2 -Wall -Wextra -s -o "$drive/dumper.exe" "$here/programs/dumper.c" -ldbghelp
gcc -O2 -Wall -Wextra -o "$scratch/strip-images" "$here/programs/strip-images.c"

if (($# == 0)); then
	set -- 65535 255 63
fi
for request in "$@"; do
	make_series "$request"
done
