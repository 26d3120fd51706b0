// Generate makes the data files of package runtimes anew: which public item of
// an async runtime crate needs which of its features, in which version.
//
// It lets cargo fetch each sampled version, lets nightly rustdoc write its JSON
// description, private items and all, and joins the cfg conditions that stand
// along every public path. Nothing is guessed from names or from prose. What the
// registry knows of the crates in runtimes.toml it brings up to date.
package main

import (
	"errors"
	"flag"
	"fmt"
	"hash/fnv"
	"io"
	"log"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"
)

func main() {
	log.SetFlags(0)
	only := flag.String("only", "", "comma-separated `crates` to make anew, or \"registry\" for runtimes.toml (default: all)")
	out := flag.String("out", "data", "the `directory` of the data files")
	cache := flag.String("cache", filepath.Join(os.TempDir(), "reactorls-generate"), "`directory` that keeps rustdoc's output for the next run")
	flag.Parse()
	if err := generate(*only, *out, *cache); err != nil {
		log.Fatal(err)
	}
}

func generate(only, out, cache string) error {
	configs, err := readConfig()
	if err != nil {
		return err
	}
	rustc, err := exec.Command("rustc", "+nightly", "--version").Output()
	if err != nil {
		return fmt.Errorf("rustc +nightly: %w", err)
	}
	g := generator{cache: cache, out: out, rustc: strings.TrimSpace(string(rustc)), today: time.Now().UTC().Format(time.DateOnly)}
	for _, c := range configs {
		if only != "" && !slices.Contains(strings.Split(only, ","), c.Name) {
			continue
		}
		if err := g.crate(c); err != nil {
			return fmt.Errorf("%s: %w", c.Name, err)
		}
	}
	if only == "" || only == registryOnly {
		return g.known()
	}
	return nil
}

// registryOnly is what -only has to say for runtimes.toml alone.
const registryOnly = "registry"

// A generator makes the data files of one crate after the other.
type generator struct {
	cache, out   string
	rustc, today string // for the headers
}

func (g *generator) crate(c config) error {
	p := &project{dir: filepath.Join(g.cache, "project", c.Name)}
	var versions []entries
	var failed error // all that fail, so that one run shows them
	for _, v := range c.Samples {
		es, err := g.version(c, v, p)
		if err != nil {
			failed = errors.Join(failed, fmt.Errorf("%s: %w", v, err))
			continue
		}
		versions = append(versions, es)
		log.Printf("%s %s: %d entries", c.Name, v, len(es))
	}
	if failed != nil {
		return failed
	}
	header := []string{
		"reactorls gates 1",
		"crate: " + c.Name,
		"samples: " + strings.Join(c.Samples, " "),
		fmt.Sprintf("source: the crate's own sources, by rustdoc JSON %d of %s, %s", formatVersion, g.rustc, g.today),
	}
	for _, r := range c.Runs {
		header = append(header, "features: "+r.String())
	}
	if err := os.WriteFile(filepath.Join(g.out, c.Name+".gates"), []byte(gatesFile(header, c.Samples, versions)), 0o666); err != nil {
		return err
	}
	releases, err := readIndex(c.Name)
	if err != nil {
		return err
	}
	header = []string{
		"reactorls features 1",
		"crate: " + c.Name,
		"source: the registry's index, " + g.today,
	}
	return os.WriteFile(filepath.Join(g.out, c.Name+".features"), []byte(featuresFile(header, releases)), 0o666)
}

// version lists one version of a crate over all runs.
func (g *generator) version(c config, version string, p *project) (entries, error) {
	all := entries{}
	for _, run := range c.Runs {
		key := g.key(c, run)
		p.asks = []ask{{pkg: c.Name, version: version}}
		if err := p.write(); err != nil {
			return nil, err
		}
		var err error
		if p.asks[0].dir, err = p.amended(c, version, filepath.Join(g.cache, "source")); err != nil {
			return nil, err
		}
		crates, err := g.resolve(c, version, run.Features, p)
		if err != nil {
			return nil, err
		}
		w := &walk{followed: map[string]*docs{}}
		for _, a := range p.asks {
			file := filepath.Join(g.cache, "json", fmt.Sprintf("%s-%s.%s.%s.json", c.Name, version, key, a.pkg))
			d, err := g.documented(file, a, c, run.Cfg, p)
			if err != nil {
				return nil, err
			}
			if w.followed[libName(a.pkg)] = d; a.pkg == c.Name {
				w.main = d
			}
		}
		t := newTranslator(c.Name, crates)
		es, err := w.list(t)
		if err != nil {
			return nil, err
		}
		for _, n := range w.notes {
			log.Printf("%s %s: %s", c.Name, version, n)
		}
		all.merge(es, t.own.implied)
	}
	return all, nil
}

// key tells rustdoc's outputs of different making apart.
func (g *generator) key(c config, r run) string {
	h := fnv.New64a()
	fmt.Fprint(h, g.rustc, r, c.Amend, c.Follow)
	return strconv.FormatUint(h.Sum64(), 36)
}

// resolve lets the project ask for the run's features and for all features of
// the crates that are followed, and gives the index entries of them all.
func (g *generator) resolve(c config, version, features string, p *project) (map[string]*release, error) {
	own, err := releaseOf(c.Name, version)
	if err != nil {
		return nil, err
	}
	p.asks[0].features = own.features(features)
	crates := map[string]*release{c.Name: own}
	if err := p.write(); err != nil {
		return nil, err
	}
	followed, err := p.versions(c.Name, c.Follow)
	if err != nil {
		return nil, err
	}
	inStep := c.Lockstep && !slices.ContainsFunc(c.Follow, func(pkg string) bool {
		same, err := releaseOf(pkg, version)
		return err != nil || same.Yanked
	})
	for _, pkg := range c.Follow {
		v, used := followed[pkg]
		if !used {
			continue
		}
		if inStep {
			v = version
		}
		if crates[pkg], err = releaseOf(pkg, v); err != nil {
			return nil, err
		}
		p.asks = append(p.asks, ask{pkg: pkg, version: v, features: crates[pkg].features("all")})
	}
	return crates, p.write()
}

func releaseOf(pkg, version string) (*release, error) {
	releases, err := readIndex(pkg)
	if err != nil {
		return nil, err
	}
	for i, r := range releases {
		if r.Vers.String() == version {
			return &releases[i], nil
		}
	}
	return nil, fmt.Errorf("%s has no version %s", pkg, version)
}

// documented gives the documentation of one package, made now or before.
func (g *generator) documented(file string, a ask, c config, cfgs []string, p *project) (*docs, error) {
	if _, err := os.Stat(file); err != nil {
		made, err := p.document(a.pkg, a.version, cfgs, filepath.Join(g.cache, "target"))
		if err != nil {
			return nil, err
		}
		if err := copyFile(made, file); err != nil {
			return nil, err
		}
	}
	r, err := readRustdoc(file)
	if err != nil {
		return nil, err
	}
	return newDocs(a.pkg, c, r)
}

func copyFile(from, to string) error {
	if err := os.MkdirAll(filepath.Dir(to), 0o777); err != nil {
		return err
	}
	in, err := os.Open(from)
	if err != nil {
		return err
	}
	defer in.Close()
	out, err := os.Create(to)
	if err != nil {
		return err
	}
	if _, err := io.Copy(out, in); err != nil {
		out.Close()
		return err
	}
	return out.Close()
}
