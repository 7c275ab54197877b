# SPDX-License-Identifier: MIT
# Sourced, not run: installs Debian packages, and only those that are missing.
#
#	. tests/setup.sh
#	nw_packages $NW_BUILD_PACKAGES $NW_TEST_PACKAGES
#
# Nothing is touched, and no network is needed, when all of them are there.
# shellcheck shell=bash
# shellcheck disable=SC2034 # the lists are for those who source this

NW_BUILD_PACKAGES="gcc libc6-dev cmake ninja-build pkg-config libpcap-dev
	libjansson-dev uthash-dev"
NW_TEST_PACKAGES="libcmocka-dev python3 python3-jsonschema"
NW_CHECK_PACKAGES="clang clang-format clang-tidy libclang-rt-14-dev llvm
	valgrind shellcheck"

nw_say()
{
	printf '== %s\n' "$*" >&2
}

# The packages among the arguments that are not installed, one a line.
nw_missing_packages()
{
	local package status
	for package; do
		status=$(dpkg-query -W -f='${db:Status-Status}' "$package" \
			2>/dev/null) || status=
		[ "$status" = installed ] || printf '%s\n' "$package"
	done
}

nw_as_root()
{
	if [ "$(id -u)" -eq 0 ]; then
		"$@"
	elif [ -t 0 ]; then
		sudo "$@"
	else
		sudo -n "$@"
	fi
}

nw_apt_install()
{
	nw_as_root env DEBIAN_FRONTEND=noninteractive \
		apt-get install -y -q --no-install-recommends "$@" \
		</dev/null >&2
}

nw_apt_update()
{
	nw_as_root env DEBIAN_FRONTEND=noninteractive apt-get update -q \
		</dev/null >&2
}

nw_packages()
{
	if ! command -v dpkg-query >/dev/null 2>&1; then
		nw_say "not a Debian system: taking for granted what $* provide"
		return 0
	fi
	local missing
	missing=$(nw_missing_packages "$@")
	[ -n "$missing" ] || return 0
	# shellcheck disable=SC2086 # a list of words from here on
	set -- $missing
	nw_say "missing packages: $*"
	if [ "$(id -u)" -ne 0 ] && ! command -v sudo >/dev/null 2>&1; then
		nw_say "cannot install them: neither root nor sudo. As root, run:"
		nw_say "  apt-get update && apt-get install -y $*"
		return 1
	fi
	local package
	for package; do
		if ! apt-cache show "$package" >/dev/null 2>&1; then
			nw_apt_update
			break
		fi
	done
	# A list of packages that is there may still be too old to be served.
	nw_apt_install "$@" || { nw_apt_update && nw_apt_install "$@"; } || {
		nw_say "could not install: $*"
		return 1
	}
}
