// Command generate finds out which features of published crates pick a runtime, by
// resolving each feature's graph and looking who drives which reactor there. It
// writes runtimes/data/choices.toml and needs cargo and the registry.
package main

import (
	_ "embed"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"reactorls/engine"
	"reactorls/engine/cargo"
	"reactorls/engine/runtimes"
	"reactorls/engine/semver"
)

// crates are those to look at, one a line; # starts a comment.
//
//go:embed crates.txt
var crates string

// maxSeries bounds how many incompatible series of a crate are looked at, newest
// first.
const maxSeries = 4

func main() {
	if err := run(filepath.FromSlash("runtimes/data/choices.toml")); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(path string) error {
	var out strings.Builder
	fmt.Fprintf(&out, `# Which features of a crate pick a runtime: what each drives, and which crates it
# brings in that are gone, beyond what the crate does without any feature. Made on
# %s by go generate, from the registry's own manifests; do not edit.
`, time.Now().UTC().Format(time.DateOnly))
	for line := range strings.Lines(crates) {
		crate := strings.TrimSpace(line)
		if crate == "" || strings.HasPrefix(crate, "#") {
			continue
		}
		versions, err := newestOfSeries(crate)
		if err != nil {
			return fmt.Errorf("%s: %w", crate, err)
		}
		for _, v := range versions {
			found, err := choices(crate, v)
			if err != nil {
				fmt.Fprintf(os.Stderr, "%s %s is left out: %v\n", crate, v, err)
				continue
			}
			out.WriteString(found)
		}
	}
	return os.WriteFile(path, []byte(out.String()), 0o644)
}

// newestOfSeries lists the newest release of each incompatible series. Cargo is
// asked for any version first, so that its cache has the crate.
func newestOfSeries(crate string) ([]semver.Version, error) {
	dir, remove, err := project(crate, "*", nil)
	if err != nil {
		return nil, err
	}
	defer remove()
	s, g, err := graphOf(dir)
	if err != nil {
		return nil, err
	}
	var newest []semver.Version
	seen := map[string]bool{}
	for _, text := range s.VersionsKnown(g, crate) {
		v, err := semver.Parse(text)
		if err != nil || v.Pre != "" || seen[v.Series()] {
			continue
		}
		seen[v.Series()] = true
		if newest = append(newest, v); len(newest) == maxSeries {
			break
		}
	}
	return newest, nil
}

// project makes a package that depends on a crate and has a feature for each of
// the crate's features, with its lockfile.
func project(crate, version string, features []string) (dir string, remove func(), err error) {
	dir, err = os.MkdirTemp("", "reactorls-choices-")
	if err != nil {
		return "", nil, err
	}
	remove = func() { os.RemoveAll(dir) }
	var manifest strings.Builder
	fmt.Fprintf(&manifest, "[package]\nname = \"choices\"\nversion = \"0.0.0\"\nedition = \"2021\"\n\n[lib]\npath = \"lib.rs\"\n\n")
	fmt.Fprintf(&manifest, "[dependencies]\n%s = { version = %q, default-features = false }\n\n[features]\n", crate, version)
	for _, f := range features {
		fmt.Fprintf(&manifest, "%q = [%q]\n", on(f), crate+"/"+f)
	}
	err = os.WriteFile(filepath.Join(dir, "Cargo.toml"), []byte(manifest.String()), 0o644)
	if err == nil {
		err = os.WriteFile(filepath.Join(dir, "lib.rs"), nil, 0o644)
	}
	if err == nil {
		cmd := exec.Command("cargo", "fetch", "--quiet")
		cmd.Dir = dir
		var out []byte
		if out, err = cmd.CombinedOutput(); err != nil {
			err = fmt.Errorf("%w: %s", err, out)
		}
	}
	if err != nil {
		remove()
		return "", nil, err
	}
	return dir, remove, nil
}

// graphOf reads what a project is built of.
func graphOf(dir string) (*engine.Snapshot, *engine.Graph, error) {
	s := engine.NewSession().Snapshot()
	w, err := s.Workspace(dir)
	if err != nil {
		return nil, nil, err
	}
	return s, s.Graph(w), nil
}

// on is the feature of the project that stands for one of the crate; "default"
// would be on by itself.
func on(feature string) string { return "on-" + feature }

// choices resolves each feature of one version alone and says what it picks.
func choices(crate string, v semver.Version) (string, error) {
	features, err := featuresOf(crate, v)
	if err != nil {
		return "", err
	}
	dir, remove, err := project(crate, "="+v.String(), features)
	if err != nil {
		return "", err
	}
	defer remove()
	_, g, err := graphOf(dir)
	if err != nil {
		return "", err
	}
	if !g.Complete() {
		return "", fmt.Errorf("the graph is not complete: %s", strings.Join(g.Because, "; "))
	}
	base, none := baseline(g, features)
	var b strings.Builder
	reactors := map[string]bool{}
	for _, f := range features {
		p := picks(g, engine.Selection{NoDefault: true, Features: append(slices.Clone(base), on(f))}).minus(none)
		if len(p.drives) == 0 {
			continue
		}
		for _, r := range p.drives {
			reactors[r] = true
		}
		fmt.Fprintf(&b, "%q = { drives = %s%s }\n", f, list(p.drives), p.goneText())
	}
	if len(reactors) < 2 {
		return "", fmt.Errorf("its features pick %v", slices.Sorted(maps.Keys(reactors)))
	}
	return fmt.Sprintf("\n[[choice]]\ncrate = %q\nversions = %q # read from %s\n[choice.features]\n%s", crate, seriesReq(v), v, b.String()), nil
}

// baseline are the features that are on while each one is looked at, with what
// they pick: those that name no runtime, and drive nothing alone and together. Some features pick a
// runtime only for what others bring in (sea-orm's runtime-tokio for sqlx).
func baseline(g *engine.Graph, features []string) (base []string, none picked) {
	none = picks(g, engine.Selection{NoDefault: true})
	for _, f := range features {
		if runtimes.Stem(f) != f {
			continue
		}
		with := append(slices.Clone(base), on(f))
		if p := picks(g, engine.Selection{NoDefault: true, Features: with}).minus(none); len(p.drives)+len(p.gone) == 0 {
			base = with
		}
	}
	return base, none
}

func featuresOf(crate string, v semver.Version) ([]string, error) {
	dir, remove, err := project(crate, "="+v.String(), nil)
	if err != nil {
		return nil, err
	}
	defer remove()
	_, g, err := graphOf(dir)
	if err != nil {
		return nil, err
	}
	for _, p := range g.Packages {
		if p.Name == crate && p.Version == v.String() {
			return p.FeatureNames(), nil
		}
	}
	return nil, fmt.Errorf("cargo did not lock it")
}

// seriesReq accepts the versions that are compatible with one.
func seriesReq(v semver.Version) string { return "^" + v.Series() }

// picked is what a selection of features drives and brings in.
type picked struct{ drives, gone []string }

func picks(g *engine.Graph, sel engine.Selection) picked {
	found := g.Survey(sel, cargo.PlatformOf("x86_64-unknown-linux-gnu")).Normal
	var p picked
	for _, d := range found.Drivers {
		if !d.Reactor.Beside {
			p.drives = append(p.drives, d.Reactor.Name)
		}
	}
	for _, n := range found.Gone {
		p.gone = append(p.gone, found.Tree.Package(n).Name)
	}
	return picked{unique(p.drives), unique(p.gone)}
}

func unique(l []string) []string {
	slices.Sort(l)
	return slices.Compact(l)
}

func (p picked) minus(o picked) picked {
	without := func(l, m []string) []string {
		return slices.DeleteFunc(l, func(s string) bool { return slices.Contains(m, s) })
	}
	return picked{without(p.drives, o.drives), without(p.gone, o.gone)}
}

func (p picked) goneText() string {
	if len(p.gone) == 0 {
		return ""
	}
	return ", gone = " + list(p.gone)
}

func list(l []string) string {
	quoted := make([]string, len(l))
	for i, s := range l {
		quoted[i] = fmt.Sprintf("%q", s)
	}
	return "[" + strings.Join(quoted, ", ") + "]"
}
