#!/bin/sh
# Builds what a release consists of: build.sh DIR. Binaries for six platforms, each built
# twice and compared, an extension for VS Code with each of them, pages of the manual,
# completions, a list of all that is built in (CycloneDX), its licences, and checksums.
set -eu
root=$(cd "$(dirname "$0")/../.." && pwd)
rm -rf "$1"
mkdir -p "$1"
out=$(cd "$1" && pwd)
cd "$root"
export CGO_ENABLED=0
SOURCE_DATE_EPOCH=$(git log -1 --format=%ct)
export SOURCE_DATE_EPOCH

DIST="$out" go test -count=1 -tags dist -run TestDist ./cmd/reactorls >/dev/null

build() {
	GOOS=$2 GOARCH=$3 go build -trimpath -ldflags="-s -w" -o "$1" ./cmd/reactorls
	if [ "$(wc -c <"$1")" -gt 16000000 ]; then
		echo "$1 has more than 16 MB" >&2
		exit 1
	fi
}

again=$(mktemp -d)
trap 'rm -rf "$again"' EXIT
for platform in linux-amd64 linux-arm64 darwin-amd64 darwin-arm64 windows-amd64 windows-arm64; do
	os=${platform%-*} arch=${platform#*-} exe=
	[ "$os" != windows ] || exe=.exe
	file=reactorls-$platform$exe
	build "$out/$file" "$os" "$arch"
	# From another directory, with nothing taken from what was built before.
	[ -d "$again/src" ] || git clone -q "$root" "$again/src"
	if [ -z "$(git status --porcelain)" ]; then
		(cd "$again/src" && GOCACHE="$again/cache" build "$again/$file" "$os" "$arch")
		cmp "$out/$file" "$again/$file"
		echo "$file: the same twice, $(wc -c <"$out/$file") bytes"
	else
		echo "$file: $(wc -c <"$out/$file") bytes; not compared, for there are changes that are not committed"
	fi
	vscode=$(echo "$platform" | sed 's/windows/win32/; s/amd64/x64/')
	mkdir -p "$again/$vscode"
	cp "$out/$file" "$again/$vscode/reactorls$exe"
	sh editors/vscode/pack.sh "$out/reactorls-$vscode.vsix" "$vscode" "$again/$vscode/reactorls$exe" "$out/THIRD-PARTY-NOTICES"
done
go run github.com/CycloneDX/cyclonedx-gomod/cmd/cyclonedx-gomod@v1.10.0 app -json -licenses -noserial -output "$out/reactorls.cdx.json" -main cmd/reactorls . 2>/dev/null
cd "$out"
find . -type f ! -name SHA256SUMS | sort | xargs sha256sum >SHA256SUMS
ls -l
