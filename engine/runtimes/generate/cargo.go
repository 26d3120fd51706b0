package main

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"github.com/pelletier/go-toml/v2"

	"reactorls/engine/semver"
)

// A project is a cargo package, made for the purpose, that depends on one
// version of a crate, so that cargo fetches and documents it.
type project struct {
	dir  string
	asks []ask
}

// ask is a dependency with exactly these features.
type ask struct {
	pkg, version string
	features     []string
	dir          string // of an amended copy of its source
}

// requirement is how Cargo.toml asks for it.
func (a ask) requirement() string {
	if a.dir != "" {
		return fmt.Sprintf("path = %q", a.dir)
	}
	return fmt.Sprintf("version = %q", "="+a.version)
}

// write lays the project down and lets cargo resolve it.
func (p *project) write() error {
	var b strings.Builder
	b.WriteString("[package]\nname = \"documented\"\nversion = \"0.0.0\"\nedition = \"2021\"\n\n[workspace]\n\n[dependencies]\n")
	for _, a := range p.asks {
		fmt.Fprintf(&b, "%s = { %s, default-features = false, features = [", a.pkg, a.requirement())
		for _, f := range a.features {
			fmt.Fprintf(&b, "%q, ", f)
		}
		b.WriteString("] }\n")
	}
	if err := os.MkdirAll(filepath.Join(p.dir, "src"), 0o777); err != nil {
		return err
	}
	if err := os.WriteFile(filepath.Join(p.dir, "src", "lib.rs"), nil, 0o666); err != nil {
		return err
	}
	if err := os.WriteFile(filepath.Join(p.dir, "Cargo.toml"), []byte(b.String()), 0o666); err != nil {
		return err
	}
	return p.cargo(nil, "generate-lockfile")
}

// cargo runs the nightly cargo: rustdoc's JSON output is not stable yet.
func (p *project) cargo(env []string, args ...string) error {
	cmd := exec.Command("cargo", append([]string{"+nightly"}, args...)...)
	cmd.Dir = p.dir
	cmd.Env = append(os.Environ(), env...)
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &out
	if err := cmd.Run(); err != nil {
		return fmt.Errorf("cargo %s: %w\n%s", args[0], err, lastLines(out.String(), 20))
	}
	return nil
}

func lastLines(s string, n int) string {
	lines := strings.Split(strings.TrimSpace(s), "\n")
	return strings.Join(lines[max(0, len(lines)-n):], "\n")
}

// document runs rustdoc over one package of the project and gives the file.
// Private modules are documented because items inherit their conditions.
func (p *project) document(pkg, version string, cfgs []string, target string) (string, error) {
	var flags strings.Builder
	for _, c := range cfgs {
		flags.WriteString(" --cfg " + c)
	}
	env := []string{
		"CARGO_TARGET_DIR=" + target,
		"RUSTFLAGS=" + flags.String(),
		"RUSTDOCFLAGS=" + flags.String(),
	}
	// Old build scripts that find a nightly compiler ask for features that are
	// no more: what can be built as with a stable one, is built so first.
	_ = p.cargo(append(env, "RUSTC_BOOTSTRAP=-1"), "check", "--keep-going")
	err := p.cargo(env, "rustdoc", "--lib", "-p", pkg+"@"+version, "--",
		"-Zunstable-options", "--output-format", "json", "--cap-lints", "allow",
		"--document-private-items", "--document-hidden-items")
	return filepath.Join(target, "doc", libName(pkg)+".json"), err
}

// libName is the name under which Rust code imports a package.
func libName(pkg string) string { return strings.ReplaceAll(pkg, "-", "_") }

// locked is one package of a Cargo.lock.
type locked struct {
	Name         string   `toml:"name"`
	Version      string   `toml:"version"`
	Dependencies []string `toml:"dependencies"`
}

// versions finds the versions of the named packages that the main package
// uses, the nearest first where there are several.
func (p *project) versions(main string, wanted []string) (map[string]string, error) {
	data, err := os.ReadFile(filepath.Join(p.dir, "Cargo.lock"))
	if err != nil {
		return nil, err
	}
	var lock struct {
		Package []locked `toml:"package"`
	}
	if err := toml.Unmarshal(data, &lock); err != nil {
		return nil, err
	}
	found := map[string]string{}
	seen := map[string]bool{}
	queue := []string{main}
	for len(queue) > 0 {
		name, version, _ := strings.Cut(queue[0], " ")
		queue = queue[1:]
		for _, l := range lock.Package {
			if l.Name != name || version != "" && l.Version != version || seen[l.Name+" "+l.Version] {
				continue
			}
			seen[l.Name+" "+l.Version] = true
			if _, ok := found[l.Name]; !ok {
				found[l.Name] = l.Version
			}
			queue = append(queue, l.Dependencies...)
		}
	}
	for name := range found {
		if !strings.Contains(" "+strings.Join(wanted, " ")+" ", " "+name+" ") {
			delete(found, name)
		}
	}
	return found, nil
}

// amended copies the fetched source of a package and adds to it; "" where there
// is nothing to add.
func (p *project) amended(c config, version, dir string) (string, error) {
	v, err := semver.Parse(version)
	if err != nil {
		return "", err
	}
	for _, a := range c.Amend {
		req, err := semver.ParseReq(a.Versions)
		if err != nil {
			return "", err
		}
		if !req.Matches(v) {
			continue
		}
		if err := p.cargo(nil, "fetch"); err != nil {
			return "", err
		}
		home, err := cargoHome()
		if err != nil {
			return "", err
		}
		name := c.Name + "-" + version
		fetched, err := filepath.Glob(filepath.Join(home, "registry", "src", "*", name))
		if err != nil || len(fetched) != 1 {
			return "", fmt.Errorf("%d sources of %s, wanted one: %w", len(fetched), name, err)
		}
		to := filepath.Join(dir, name)
		if err := os.RemoveAll(to); err != nil {
			return "", err
		}
		if err := os.CopyFS(to, os.DirFS(fetched[0])); err != nil {
			return "", err
		}
		file := filepath.Join(to, filepath.FromSlash(a.File))
		text, err := os.ReadFile(file)
		if err != nil {
			return "", err
		}
		return to, os.WriteFile(file, append(text, a.Append...), 0o666)
	}
	return "", nil
}
