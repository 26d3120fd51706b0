#!/bin/sh
# Checks, bundles and packs the extension: pack.sh FILE.vsix [TARGET SERVER NOTICES]
# With a target of VS Code's, such as linux-x64, the server goes into the package, and the
# licences of what that is built with.
set -eu
out=$1
cd "$(dirname "$0")"
npm ci --silent --no-audit --no-fund --ignore-scripts
npm run -s check
rm -rf dist bin
cp ../../LICENSE-* .
npm run -s build -- --log-level=warning
set -- "$out" "${2:-}" "${3:-}" "${4:-}"
if [ -n "$2" ]; then
	mkdir bin
	cp "$3" "$4" bin/
	npm run -s package -- --target "$2" -o "$out" >/dev/null
	rm -rf bin
else
	npm run -s package -- -o "$out" >/dev/null
fi
