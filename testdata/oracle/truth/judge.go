package main

import (
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"reactorls/testdata/oracle/crates"
	"reactorls/testdata/oracle/gates"
)

// A Truth is what rustc says about one entry. Gates are written "net|process|signal" where any one feature will do; all
// lists are sorted. Features that change behaviour and gate no item, as parking_lot, are in no list but the declared ones.
type Truth struct {
	Crate        string   `json:"crate"`
	Version      string   `json:"version"`
	Flags        []string `json:"flags"`
	Targets      string   `json:"targets"` // "lib-bins" or "all-targets"
	TokioVersion string   `json:"tokio_version"`
	// Declared is what the package asks of tokio in [dependencies] and its own [features], on the host and under the
	// flags; the other two lists are what the dev- and build-dependencies ask.
	Declared        []string `json:"declared"`
	DevDeclared     []string `json:"dev_declared"`
	BuildDeclared   []string `json:"build_declared"`
	DeclaredClosure []string `json:"declared_closure"`
	// OwnNeed is what the library and the binaries need of the package's own dependency, as the gates named it; DevNeed
	// is the need of test-level code: tests, benches, examples and #[cfg(test)].
	OwnNeed []string `json:"own_need"`
	DevNeed []string `json:"dev_need"`
	// Neutral features are neither needed for certain nor unneeded for certain. UncompiledMentions are those of them that
	// the code names only where it was not compiled.
	Neutral            []string `json:"neutral"`
	UncompiledMentions []string `json:"uncompiled_mentions"`
	// UnusedHere are the declared features that OwnNeed does without; UnusedFirm leaves out those that are neutral. "full"
	// is unused if one of its features is; Unneeded lists all such features.
	UnusedHere []string `json:"unused_here"`
	UnusedFirm []string `json:"unused_firm"`
	Unneeded   []string `json:"unneeded"`
	// Missing are the needs that no declared feature meets.
	Missing []string `json:"missing"`
	// Reexports says that the package offers all of tokio to its own users.
	Reexports bool   `json:"reexports"`
	Sites     []Site `json:"sites"`
	Builds    Builds `json:"builds"`
	Maker     string `json:"maker"`
	Seconds   int    `json:"seconds"` // that the builds took
	Error     string `json:"error,omitempty"`
}

// Builds says which builds of the published, unpatched crate pass.
type Builds struct {
	LibBins    bool `json:"lib_bins"`
	AllTargets bool `json:"all_targets"`
}

// behaviour are features that tokio's users can't see in its API. Old versions gate const constructors by parking_lot,
// yet that is not why people ask for it.
var behaviour = []string{"parking_lot"}

type judge struct {
	cargo crates.Cargo
	cfg   map[string]bool
	cache string
	self  string // this program, which is the wrapper too
	// maker and compiler say by what a truth, and by what the reports under it, were made.
	maker, compiler string
}

func newJudge(cache string, jobs int) (*judge, error) {
	host, cfg, err := crates.Host()
	if err != nil {
		return nil, err
	}
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	rustc, err := exec.Command("rustc", "-V").Output()
	if err != nil {
		return nil, err
	}
	cache, err = filepath.Abs(cache)
	if err != nil {
		return nil, err
	}
	return &judge{
		cargo: crates.Cargo{Host: host, Target: filepath.Join(cache, "target"), Jobs: jobs, Limit: 15 * time.Minute},
		cfg:   cfg, cache: cache, self: self,
		maker:    strings.TrimSpace(fmt.Sprintf("%s.%s %s", compileVersion, labelVersion, rustc)),
		compiler: strings.TrimSpace(fmt.Sprintf("%s %s", compileVersion, rustc)),
	}, nil
}

// entry judges one entry. What goes wrong stands in the truth's Error.
func (j *judge) entry(e crates.Entry) Truth {
	t := Truth{Crate: e.Name, Version: e.Version, Flags: e.Flags, Targets: "lib-bins", Maker: j.maker}
	if e.AllTargets {
		t.Targets = "all-targets"
	}
	if err := j.fill(&t, e); err != nil {
		t.Error = err.Error()
	}
	return t
}

func (j *judge) fill(t *Truth, e crates.Entry) error {
	dir, err := j.cargo.Fetch(filepath.Join(j.cache, "src"), e)
	if err != nil {
		return err
	}
	meta, err := j.cargo.Metadata(dir, append([]string{"--locked"}, e.Flags...)...)
	if err != nil {
		return err
	}
	dep, err := tokioDependency(meta)
	if err != nil {
		return err
	}
	t.TokioVersion = dep.tokio.Version
	declare(t, meta, dep)
	marks, marked, err := j.marked(meta, dep)
	if err != nil {
		return err
	}
	reports, err := j.reports(e, dir, marks, meta)
	t.Builds, t.Seconds = reports.Builds, reports.Seconds
	if err != nil {
		return err
	}
	src := newSources(dir, dep, marked)
	t.Sites = src.sites(reports)
	label(t, src, dep.tokio.Features)
	return nil
}

// A dependency is the package's own dependency on tokio.
type dependency struct {
	tokio crates.Package
	// names are those by which the package's code knows tokio, foreign those of its other dependencies.
	names, foreign map[string]bool
	// tables are the dependency tables that name tokio and count on the host.
	tables map[crates.Table]bool
	// on are the package's own features that are on.
	on []string
}

// tokioDependency finds the direct dependency on tokio 1.
func tokioDependency(meta crates.Metadata) (dependency, error) {
	d := dependency{names: map[string]bool{}, foreign: map[string]bool{}, tables: map[crates.Table]bool{}}
	for _, node := range meta.Resolve.Nodes {
		if node.ID != meta.Resolve.Root {
			continue
		}
		d.on = node.Features
		for _, dep := range node.Deps {
			p, _ := meta.Package(dep.Pkg)
			if p.Name != "tokio" || !strings.HasPrefix(p.Version, "1.") {
				d.foreign[dep.Name] = true
				continue
			}
			d.tokio = p
			d.names[dep.Name] = true
			for _, table := range dep.Kinds {
				d.tables[table] = true
			}
		}
	}
	if len(d.names) == 0 {
		return d, fmt.Errorf("no dependency on tokio 1 under these flags")
	}
	return d, nil
}

// declare fills in what the package asks of tokio.
func declare(t *Truth, meta crates.Metadata, dep dependency) {
	asked := map[string]map[string]bool{"": {}, "dev": {}, "build": {}}
	forwarded := map[string]bool{}
	for _, d := range meta.Root().Dependencies {
		if d.Name != "tokio" || !dep.tables[d.Table] {
			continue
		}
		for _, f := range d.Features {
			asked[d.Kind][f] = true
		}
		for _, own := range dep.on {
			for _, entry := range meta.Root().Features[own] {
				name, feature, found := strings.Cut(entry, "/")
				if found && strings.TrimSuffix(name, "?") == d.Key() {
					forwarded[feature] = true
				}
			}
		}
	}
	maps.Copy(asked[""], forwarded)
	t.Declared = sorted(asked[""])
	t.DevDeclared = sorted(asked["dev"])
	t.BuildDeclared = sorted(asked["build"])
	t.DeclaredClosure = sorted(gates.Closure(dep.tokio.Features, t.Declared))
}

// reports compiles the crate, unless that was done before.
func (j *judge) reports(e crates.Entry, dir, marks string, meta crates.Metadata) (reports, error) {
	path := filepath.Join(j.cache, "reports", e.ID()+".json")
	if old, err := read[reports](path); err == nil && old.Maker == j.compiler {
		return old, nil
	}
	r := reports{Maker: j.compiler}
	start := time.Now()
	if err := j.published(&r, e, dir, meta); err != nil {
		return r, err
	}
	if err := j.compile(&r, e, dir, marks, meta); err != nil {
		return r, err
	}
	r.Seconds = int(time.Since(start).Seconds())
	return r, write(path, r)
}

// published checks the crate as it was published.
func (j *judge) published(r *reports, e crates.Entry, dir string, meta crates.Metadata) error {
	args := append([]string{"check", "--quiet", "--locked"}, e.Flags...)
	_, err := j.cargo.Run(dir, nil, append(args, crates.LibBins(meta.Root())...)...)
	r.Builds.LibBins = err == nil
	if err != nil {
		return fmt.Errorf("as published: %w", err)
	}
	_, err = j.cargo.Run(dir, nil, append(args, "--all-targets")...)
	r.Builds.AllTargets = err == nil
	if err != nil && e.AllTargets {
		return fmt.Errorf("as published, all targets: %w", err)
	}
	return nil
}

// marked writes the marked copy of the locked tokio, and of the tokio-macros that is locked with it or would be.
func (j *judge) marked(meta crates.Metadata, dep dependency) (dir string, marked gates.Marked, err error) {
	macros, err := j.macros(meta, dep.tokio.Version)
	if err != nil {
		return "", marked, err
	}
	dir = filepath.Join(j.cache, "marked", compileVersion, "tokio-"+dep.tokio.Version+"-macros-"+macros.Version)
	config := gates.Config{Host: j.cfg, Features: gates.Closure(dep.tokio.Features, []string{"full", "test-util"})}
	fresh := dir + ".new"
	if err := os.RemoveAll(fresh); err != nil {
		return "", marked, err
	}
	defer os.RemoveAll(fresh)
	if marked, err = gates.Mark(dep.tokio.Dir(), macros.Dir(), fresh, config); err != nil {
		return "", marked, err
	}
	if _, err := os.Stat(dir); err == nil {
		return dir, marked, nil // unchanged files keep their times, so that cargo need not build them again
	}
	return dir, marked, os.Rename(fresh, dir)
}

// macros finds the tokio-macros of the graph. A graph without one gets that of a scratch package that asks for tokio's
// full features, as the marked copy does.
func (j *judge) macros(meta crates.Metadata, tokio string) (crates.Package, error) {
	isMacros := func(p crates.Package) bool { return p.Name == "tokio-macros" }
	if i := slices.IndexFunc(meta.Packages, isMacros); i >= 0 {
		return meta.Packages[i], nil
	}
	dir := filepath.Join(j.cache, "scratch", "tokio-"+tokio)
	if err := os.MkdirAll(filepath.Join(dir, "src"), 0o755); err != nil {
		return crates.Package{}, err
	}
	manifest := fmt.Sprintf("[package]\nname = \"scratch\"\nversion = \"0.0.0\"\n[workspace]\n[dependencies]\ntokio = { version = \"=%s\", features = [\"full\"] }\n", tokio)
	if err := os.WriteFile(filepath.Join(dir, "Cargo.toml"), []byte(manifest), 0o644); err != nil {
		return crates.Package{}, err
	}
	if err := os.WriteFile(filepath.Join(dir, "src", "lib.rs"), nil, 0o644); err != nil {
		return crates.Package{}, err
	}
	full, err := j.cargo.Metadata(dir)
	if err != nil {
		return crates.Package{}, err
	}
	i := slices.IndexFunc(full.Packages, isMacros)
	if i < 0 {
		return crates.Package{}, fmt.Errorf("tokio %s has no tokio-macros", tokio)
	}
	return full.Packages[i], nil
}

// compile checks a copy of the crate against the marked tokio, and adds what rustc reported.
func (j *judge) compile(r *reports, e crates.Entry, dir, marks string, meta crates.Metadata) error {
	work := filepath.Join(j.cache, "work", e.ID())
	if err := os.RemoveAll(work); err != nil {
		return err
	}
	defer os.RemoveAll(work)
	if err := crates.Copy(dir, work); err != nil {
		return err
	}
	args := append([]string{"check", "--quiet", "--message-format=json"}, e.Flags...)
	for _, name := range []string{"tokio", "tokio-macros"} {
		args = append(args, "--config", fmt.Sprintf("patch.crates-io.%s.path=%q", name, filepath.Join(marks, name)))
	}
	env := []string{wrapperVariable + "=1", "RUSTC_WORKSPACE_WRAPPER=" + j.self}
	out, err := j.cargo.Run(work, env, append(args, crates.LibBins(meta.Root())...)...)
	if err != nil {
		return fmt.Errorf("marked: %w\n%s", err, errorsIn(out))
	}
	if r.Normal, err = diagnostics(out, work); err != nil || !e.AllTargets {
		return err
	}
	if out, err = j.cargo.Run(work, env, append(args, "--all-targets")...); err != nil {
		return fmt.Errorf("marked, all targets: %w\n%s", err, errorsIn(out))
	}
	r.All, err = diagnostics(out, work)
	return err
}

func sorted(set map[string]bool) []string {
	list := slices.Sorted(maps.Keys(set))
	if list == nil {
		list = []string{}
	}
	return list
}
