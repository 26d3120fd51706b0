package crates

import (
	"bytes"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// Fetch unpacks a published crate below dir, as a package that stands alone, and returns where. What is there already is
// taken as it is. The crate keeps the Cargo.lock that it was published with, if cargo can still use it, and else gets a
// new one.
func (c Cargo) Fetch(dir string, e Entry) (string, error) {
	to := filepath.Join(dir, e.Name+"-"+e.Version)
	if _, err := os.Stat(to); err == nil {
		return to, nil
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return "", err
	}
	from, err := c.download(dir, e)
	if err != nil {
		return "", err
	}
	half, err := os.MkdirTemp(dir, ".half-")
	if err != nil {
		return "", err
	}
	defer os.RemoveAll(half)
	if err := Copy(from, half); err != nil {
		return "", err
	}
	if err := standAlone(filepath.Join(half, "Cargo.toml")); err != nil {
		return "", err
	}
	if _, err := c.Run(half, nil, "fetch", "--locked", "--target", c.Host); err != nil {
		if err := os.RemoveAll(filepath.Join(half, "Cargo.lock")); err != nil {
			return "", err
		}
		if _, err := c.Run(half, nil, "generate-lockfile"); err != nil {
			return "", err
		}
	}
	return to, os.Rename(half, to)
}

// download makes cargo put the crate into its registry, and returns where the source is.
func (c Cargo) download(dir string, e Entry) (string, error) {
	if from, err := registry(e.Name, e.Version); err == nil {
		return from, nil
	}
	if _, err := c.Run(dir, nil, "info", "--quiet", e.Name+"@"+e.Version); err != nil {
		return "", err
	}
	return registry(e.Name, e.Version)
}

// registry finds a crate's source among those that cargo has unpacked.
func registry(name, version string) (string, error) {
	home := os.Getenv("CARGO_HOME")
	if home == "" {
		user, err := os.UserHomeDir()
		if err != nil {
			return "", err
		}
		home = filepath.Join(user, ".cargo")
	}
	found, err := filepath.Glob(filepath.Join(home, "registry", "src", "*", name+"-"+version))
	if err != nil {
		return "", err
	}
	if len(found) == 0 {
		return "", fmt.Errorf("%s %s is not in cargo's registry", name, version)
	}
	return found[0], nil
}

// standAlone makes a manifest the root of a workspace of its own.
func standAlone(manifest string) error {
	text, err := os.ReadFile(manifest)
	if err != nil {
		return err
	}
	if bytes.Contains(text, []byte("\n[workspace]")) {
		return nil
	}
	return os.WriteFile(manifest, append(text, "\n[workspace]\n"...), 0o644)
}

// Copy copies a package's files. Links are left out, and so are the notes that cargo keeps beside a crate and any .cargo
// directory: a config there is the author's own, and counts for nobody who depends on the crate.
func Copy(from, to string) error {
	return filepath.WalkDir(from, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(from, path)
		if err != nil {
			return err
		}
		switch {
		case d.IsDir() && d.Name() == ".cargo":
			return filepath.SkipDir
		case d.IsDir():
			return os.MkdirAll(filepath.Join(to, rel), 0o755)
		case !d.Type().IsRegular() || strings.HasPrefix(d.Name(), ".cargo"):
			return nil
		}
		text, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		return os.WriteFile(filepath.Join(to, rel), text, 0o644)
	})
}
