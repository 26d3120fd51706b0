#!/bin/sh
# Unpacks Debian's rustc that has the sources of the standard library with it, so that
# cargo can build core for targets that are not installed, and prints the path of it:
# rustc-with-sources.sh DIR. Nothing is installed; what is there already is taken.
set -eu
mkdir -p "$1"
cd "$1"
if [ ! -x rustc ]; then
	version=$(apt-cache show rustc-web | sed -n 's/^Version: \([0-9]*\.[0-9]*\).*/\1/p' | head -n 1)
	llvm=$(apt-cache show rustc-web libstd-rust-web-"$version" | grep -o 'libllvm[0-9]*' | head -n 1)
	apt-get download rustc-web libstd-rust-web-"$version" libstd-rust-web-dev "$llvm" rust-web-src >&2
	for package in *.deb; do
		dpkg -x "$package" root
		rm "$package"
	done
	cat >rustc.new <<'END'
#!/bin/sh
root=$(dirname "$0")/root
LD_LIBRARY_PATH="$root/usr/lib/x86_64-linux-gnu" exec "$root/usr/bin/rustc" "$@"
END
	chmod +x rustc.new
	mv rustc.new rustc
fi
echo "$PWD/rustc"
