#!/usr/bin/env bash
# Makes the Linux sample series: samples/linux-65535, linux-255 and linux-63, each three cores of one
# process by gdb's gcore, and truth.json with what the program counted itself.
#
#     samples/make-linux.sh [REQUEST...]      e.g. samples/make-linux.sh 65535
#
# Needs gcc, binutils, gdb (gcore), perl, zstd. INTERVAL=30 sets the seconds between two dumps.
# Works in samples/build/ and a temporary directory; a series is put in place when it is complete.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
interval=${INTERVAL:-30}
target=''
scratch=$(mktemp -d "${TMPDIR:-/tmp}/leakviz-XXXXXX")

cleanup() {
	if [[ -n $target ]]; then
		kill -KILL "$target" 2>/dev/null || true
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

# Until the program has printed its line number $1 and has stopped itself.
wait_for_step() {
	local tries
	for ((tries = 0; tries < 600; tries++)); do
		if (($(wc -l <"$scratch/counted") >= $1)) && grep -q '^State:[[:space:]]*T' "/proc/$target/status"; then
			return 0
		fi
		sleep 0.1
	done
	echo "the program did not reach step $1" >&2
	return 1
}

# The vDSO may carry the path where the kernel was built (as its run path). It says something about the
# machine and nothing about the process: such strings are overwritten with zeros, in the vDSO only.
blank_vdso_paths() {
	local core=$1 start offset
	start=$(sed -n 's/-.*\[vdso\]$//p' "/proc/$target/maps")
	offset=$(readelf -lW "$core" | awk -v start="0*$start\$" '$1 == "LOAD" && $3 ~ start { print $2, $5 }')
	[[ -n $start && -n $offset ]] || return 0
	# shellcheck disable=SC2086,SC2016
	perl -e '
		my ($core, $offset, $size) = ($ARGV[0], hex $ARGV[1], hex $ARGV[2]);
		open my $file, "+<:raw", $core or die "$core: $!";
		seek $file, $offset, 0;
		read $file, my $vdso, $size;
		$vdso =~ s{(?<=\0)/[\x20-\x7e]{3,}(?=\0)}{"\0" x length $&}ge;
		seek $file, $offset, 0;
		print $file $vdso;
		close $file or die "$core: $!";
	' "$core" $offset
}

# The items of a JSON array from one line each.
join_lines() {
	paste -sd, - | sed 's/,/, /g'
}

made_with() {
	local libc
	libc=$(getconf GNU_LIBC_VERSION)
	echo "gcc $(gcc -dumpfullversion), $libc, gdb $(gdb --version | sed -n '1s/.* //p'), Linux $(uname -m)"
}

make_series() {
	local request=$1 program=leak-$1 out=$here/build/linux-$1 step
	local -a counts
	read -ra counts <<<"$(counts_of "$request")"

	echo "$program: ${counts[*]} blocks"
	rm -rf "$out"
	mkdir -p "$out"
	gcc -O2 -Wall -Wextra -s -DREQUEST="$request" -o "$scratch/$program" "$here/programs/leak.c"

	# From a neutral directory and without an environment: both end up in the cores.
	cd "$scratch"
	: >counted
	: >times
	env -i "./$program" "${counts[@]}" >counted &
	target=$!
	for ((step = 1; step <= ${#counts[@]}; step++)); do
		if ((step > 1)); then
			sleep "$interval"
			kill -CONT "$target"
		fi
		wait_for_step "$step"
		date -u +%Y-%m-%dT%H:%M:%SZ >>times
		gcore -o core "$target" >gcore.log 2>&1 || { cat gcore.log >&2 && return 1; }
		blank_vdso_paths "core.$target"
		mv "core.$target" "$out/$step.core"
	done
	kill -CONT "$target"
	wait "$target"
	target=''

	cat >"$out/truth.json" <<-JSON
		{
		  "program": "$program",
		  "request": $request,
		  "counts": [$(sed 's/.*"count":\([0-9]*\).*/\1/' counted | join_lines)],
		  "capturedAt": [$(sed 's/.*/"&"/' times | join_lines)],
		  "madeWith": "$(made_with)"
		}
	JSON
	cd "$here"

	zstd -19 --quiet --rm "$out"/*.core
	rm -rf "${here:?}/linux-$request"
	mv "$out" "$here/linux-$request"
	du -sh "$here/linux-$request"
}

if (($# == 0)); then
	set -- 65535 255 63
fi
for request in "$@"; do
	make_series "$request"
done
