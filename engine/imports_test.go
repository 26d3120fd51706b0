package engine_test

import (
	"go/parser"
	"go/token"
	"io/fs"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// TestImportDirection holds the packages to their order: what stands below never
// imports what stands above, whoever asks for it in between.
func TestImportDirection(t *testing.T) {
	allowed := map[string][]string{
		"engine/text":     {},
		"engine/cfg":      {},
		"engine/semver":   {},
		"engine/toml":     {"engine/text"},
		"engine/rust":     {"engine/cfg", "engine/text"},
		"engine/cargo":    {"engine/cfg", "engine/semver", "engine/text", "engine/toml"},
		"engine/runtimes": {"engine/cfg", "engine/semver"},
		"engine":          {"engine/cargo", "engine/cfg", "engine/runtimes", "engine/rust", "engine/semver", "engine/text", "engine/toml"},
		"engine/advise":   {"engine", "engine/cargo", "engine/cfg", "engine/runtimes", "engine/rust", "engine/semver", "engine/text", "engine/toml"},
		"diagnostics":     {"engine", "engine/..."},
		"lsp":             {"diagnostics", "engine", "engine/..."},
	}
	const module = "reactorls/"
	// Only the edge speaks the protocol.
	protocols := []string{"go.lsp.dev/protocol", "go.lsp.dev/jsonrpc2"}
	for pkg, may := range allowed {
		for _, dep := range deps(t, module+pkg) {
			if slices.Contains(protocols, dep) && pkg != "lsp" {
				t.Errorf("%s depends on %s", pkg, dep)
			}
			own, ok := strings.CutPrefix(dep, module)
			if !ok || own == pkg {
				continue
			}
			if !slices.ContainsFunc(may, func(m string) bool {
				folder, all := strings.CutSuffix(m, "/...")
				return own == m || all && strings.HasPrefix(own, folder+"/")
			}) {
				t.Errorf("%s depends on %s", pkg, own)
			}
		}
	}
}

// TestOnlyDiskTouchesFiles keeps the file system behind one file, so that every
// analysis sees the editor's texts; no process and no network is behind any.
func TestOnlyDiskTouchesFiles(t *testing.T) {
	walk := func(path string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir() && (d.Name() == "generate" || d.Name() == "matrix"): // programs that make data
			return filepath.SkipDir
		case !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go"):
			return nil
		}
		file, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.ImportsOnly)
		if err != nil {
			return err
		}
		for _, i := range file.Imports {
			switch i.Path.Value {
			case `"os"`, `"io/ioutil"`, `"syscall"`:
				if !strings.HasPrefix(filepath.Base(path), "disk") {
					t.Errorf("%s imports %s", path, i.Path.Value)
				}
			case `"os/exec"`, `"net"`, `"net/http"`:
				t.Errorf("%s imports %s", path, i.Path.Value)
			}
		}
		return nil
	}
	for _, root := range []string{".", "../diagnostics"} {
		if err := filepath.WalkDir(root, walk); err != nil {
			t.Fatal(err)
		}
	}
}

func deps(t *testing.T, pkg string) []string {
	out, err := exec.Command("go", "list", "-deps", pkg).Output()
	if err != nil {
		t.Fatal(err)
	}
	return strings.Fields(string(out))
}
