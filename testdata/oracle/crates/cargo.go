package crates

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"
)

// A Cargo runs cargo commands that share a target directory.
type Cargo struct {
	// Host is the triple that is built for.
	Host   string
	Target string
	// Jobs is how many compilers may run at once.
	Jobs int
	// Limit is how long one command may take.
	Limit time.Duration
}

// Run runs cargo in dir with extra environment variables, and returns what it wrote to its standard output. An error
// holds the end of its standard error.
func (c Cargo) Run(dir string, env []string, args ...string) ([]byte, error) {
	ctx, cancel := context.WithTimeout(context.Background(), c.Limit)
	defer cancel()
	cmd := exec.CommandContext(ctx, "cargo", args...)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(),
		"CARGO_TARGET_DIR="+c.Target,
		"CARGO_BUILD_JOBS="+strconv.Itoa(c.Jobs),
		"CARGO_INCREMENTAL=0",
		"CARGO_PROFILE_DEV_DEBUG=0",
		"CARGO_PROFILE_TEST_DEBUG=0",
		"CARGO_TERM_COLOR=never",
		"CARGO_RESOLVER_INCOMPATIBLE_RUST_VERSIONS=fallback",
	)
	cmd.Env = append(cmd.Env, env...)
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	err := cmd.Run()
	if ctx.Err() != nil {
		err = fmt.Errorf("took longer than %s", c.Limit)
	}
	if err != nil {
		return stdout.Bytes(), fmt.Errorf("cargo %s: %w\n%s", args[0], err, tail(stderr.String()))
	}
	return stdout.Bytes(), nil
}

// tail is the end of a text, as much as a person wants to read.
func tail(s string) string {
	const most = 2000
	if len(s) > most {
		s = "…" + s[len(s)-most:]
	}
	return strings.TrimSpace(s)
}

// Metadata is what the oracles need of `cargo metadata`.
type Metadata struct {
	Packages []Package
	Resolve  struct {
		Root  string
		Nodes []struct {
			ID       string
			Features []string
			Deps     []struct {
				Name string
				Pkg  string
				// Kinds lists the tables that name the dependency and count on the host.
				Kinds []Table `json:"dep_kinds"`
			}
		}
	}
}

// A Table is a dependency table: Kind is "" for [dependencies], else "dev" or "build"; Target is a cfg or triple, or "".
type Table struct{ Kind, Target string }

// A Package is one package of the graph.
type Package struct {
	ID, Name, Version string
	Manifest          string `json:"manifest_path"`
	Dependencies      []Dependency
	Features          map[string][]string
	Targets           []Target
}

// Dir is the package's directory.
func (p Package) Dir() string { return filepath.Dir(p.Manifest) }

// LibBins are cargo's flags for the package's library and binaries, either of which it may lack.
func LibBins(p Package) []string {
	args := []string{"--bins"}
	if slices.ContainsFunc(p.Targets, Target.IsLib) {
		args = append(args, "--lib")
	}
	return args
}

// A Target is something that cargo builds of a package.
type Target struct {
	Kind []string
	Name string
	Src  string `json:"src_path"`
}

// IsLib reports whether the target is the package's library, of whatever crate type.
func (t Target) IsLib() bool {
	return slices.ContainsFunc(t.Kind, func(k string) bool {
		return strings.HasSuffix(k, "lib") || k == "proc-macro"
	})
}

// A Dependency is one entry of one dependency table.
type Dependency struct {
	Name, Rename string
	Table
	Optional bool
	Features []string
}

// Key is the name that the manifest gives the dependency.
func (d Dependency) Key() string {
	if d.Rename != "" {
		return d.Rename
	}
	return d.Name
}

// Root is the package that metadata was asked for.
func (m Metadata) Root() Package {
	p, _ := m.Package(m.Resolve.Root)
	return p
}

// Package finds a package by its id.
func (m Metadata) Package(id string) (Package, bool) {
	for _, p := range m.Packages {
		if p.ID == id {
			return p, true
		}
	}
	return Package{}, false
}

// Metadata asks cargo for the graph of the package in dir, with feature flags.
func (c Cargo) Metadata(dir string, flags ...string) (Metadata, error) {
	args := append([]string{"metadata", "--format-version", "1", "--filter-platform", c.Host}, flags...)
	var m Metadata
	out, err := c.Run(dir, nil, args...)
	if err != nil {
		return m, err
	}
	return m, json.Unmarshal(out, &m)
}

// Host returns the host's triple and its set cfg predicates.
func Host() (triple string, cfg map[string]bool, err error) {
	version, err := exec.Command("rustc", "-vV").Output()
	if err != nil {
		return "", nil, err
	}
	_, rest, found := strings.Cut(string(version), "host: ")
	if !found {
		return "", nil, errors.New("rustc -vV names no host")
	}
	triple, _, _ = strings.Cut(rest, "\n")
	predicates, err := exec.Command("rustc", "--print", "cfg").Output()
	if err != nil {
		return "", nil, err
	}
	cfg = map[string]bool{}
	for line := range strings.Lines(string(predicates)) {
		cfg[strings.TrimSpace(line)] = true
	}
	return triple, cfg, nil
}
