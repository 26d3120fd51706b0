#!/bin/sh
# Prints the path of an strace: strace.sh DIR. Where the machine has none, Debian's is
# unpacked in DIR; nothing is installed.
set -eu
if command -v strace; then
	exit
fi
mkdir -p "$1"
cd "$1"
if [ ! -x strace ]; then
	apt-get download strace libunwind8 >&2
	for package in *.deb; do
		dpkg -x "$package" root
		rm "$package"
	done
	cat >strace.new <<'END'
#!/bin/sh
root=$(dirname "$0")/root
LD_LIBRARY_PATH="$(echo "$root"/usr/lib/*-linux-gnu)" exec "$root/usr/bin/strace" "$@"
END
	chmod +x strace.new
	mv strace.new strace
fi
echo "$PWD/strace"
