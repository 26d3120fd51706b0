#!/bin/sh
# Tests what editors/ ships in the real editors: run.sh [nvim|emacs|vscode] ...
# bin/reactorls must have been built.
set -eu
cd "$(dirname "$0")/../.."
export REACTORLS="$PWD/bin/reactorls"
export E2E_TOOLS="$PWD/.cache/e2e"
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

nvim() {
	HOME="$scratch" XDG_STATE_HOME="$scratch" "$E2E_TOOLS/venv/bin/nvim" --clean --headless -l editors/nvim/tests/run.lua "$REACTORLS"
}

emacs() {
	HOME="$scratch" PATH="$PWD/bin:$PATH" command emacs -Q --batch -l editors/emacs/tests/eglot.el -f ert-run-tests-batch-and-exit
}

vscode() {
	sh editors/vscode/pack.sh "$scratch/reactorls.vsix"
	export VSIX="$scratch/reactorls.vsix" API_VSIX="$scratch/api.vsix"
	size=$(wc -c <"$VSIX")
	echo "the .vsix has $size bytes"
	[ "$size" -lt 300000 ]
	(cd editors/e2e/api && ../../vscode/node_modules/.bin/vsce package --no-dependencies --allow-missing-repository --skip-license -o "$API_VSIX" >"$scratch/vsce.log" 2>&1) || { cat "$scratch/vsce.log"; exit 1; }
	(cd editors/e2e && npm ci --silent --no-audit --no-fund)
	node --test --test-reporter=spec --test-concurrency=1 editors/e2e/*.test.mjs
}

[ $# -gt 0 ] || set -- nvim emacs vscode
for editor in "$@"; do
	sh editors/e2e/tools.sh "$editor"
	echo "== $editor"
	"$editor"
done
