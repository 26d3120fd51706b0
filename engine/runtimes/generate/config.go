package main

import (
	_ "embed"
	"fmt"
	"slices"
	"strings"

	"github.com/pelletier/go-toml/v2"

	"reactorls/engine/cfg"
)

//go:embed crates.toml
var cratesToml []byte

// config says how one crate is documented.
type config struct {
	Name    string   `toml:"name"`
	Samples []string `toml:"samples"`
	Follow  []string `toml:"follow"` // packages whose items it offers as its own
	// Lockstep takes those packages in the same version, where all have it.
	Lockstep bool    `toml:"lockstep"`
	Runs     []run   `toml:"run"` // all features and none, where nothing is said
	Amend    []amend `toml:"amend"`
	// Means says what the flags stand for that the crate's build script sets.
	Means map[string]string `toml:"means"`
}

// meaning puts what they stand for in the place of such flags.
func (c config) meaning(e cfg.Expr) (cfg.Expr, error) {
	if e.Op == cfg.Atom {
		if means, ok := c.Means[e.Name]; ok && !e.Valued {
			return cfg.Parse(means)
		}
		return e, nil
	}
	args := make([]cfg.Expr, len(e.Args))
	for i, a := range e.Args {
		var err error
		if args[i], err = c.meaning(a); err != nil {
			return e, err
		}
	}
	return cfg.Expr{Op: e.Op, Args: args}, nil
}

// An amend adds a text to a file of the versions that nightly rustdoc no longer
// takes as they are. It must not touch what the crate offers.
type amend struct {
	Versions string `toml:"versions"` // a requirement
	File     string `toml:"file"`
	Append   string `toml:"append"`
}

// A run is one call of rustdoc over each sample. What only one run shows is
// there as well, so that alternatives that exclude each other are all seen.
type run struct {
	// Features are those to ask for, or "none". "all" may be followed by some
	// to leave out: "all - nightly ffi".
	Features string   `toml:"features"`
	Cfg      []string `toml:"cfg"`
}

func (r run) String() string {
	s := r.Features
	for _, c := range r.Cfg {
		s += " --cfg " + c
	}
	return s
}

func readConfig() ([]config, error) {
	var file struct {
		Crate []config `toml:"crate"`
	}
	if err := toml.Unmarshal(cratesToml, &file); err != nil {
		return nil, fmt.Errorf("crates.toml: %w", err)
	}
	for i, c := range file.Crate {
		if len(c.Runs) == 0 {
			file.Crate[i].Runs = []run{{Features: "all"}, {Features: "none"}}
		}
	}
	return file.Crate, nil
}

// features gives those that a run asks of a release. A feature that turns one
// on that is left out is left out too; one that the release lacks is passed over.
func (r *release) features(asked string) []string {
	rest, all := strings.CutPrefix(asked, "all")
	listed := strings.Fields(strings.TrimPrefix(strings.TrimSpace(rest), "-"))
	var fs []string
	for f := range r.Features {
		on := append(r.implied(f), f)
		if all && !slices.ContainsFunc(on, func(x string) bool { return slices.Contains(listed, x) }) || !all && slices.Contains(listed, f) {
			fs = append(fs, f)
		}
	}
	slices.Sort(fs)
	return fs
}
