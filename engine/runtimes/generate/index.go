package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"reactorls/engine/semver"
)

// release is one published version as the registry's index has it.
type release struct {
	Vers        semver.Version
	Features    map[string][]string
	Deps        []dependency
	Yanked      bool
	RustVersion string
	Published   string // a date
}

type dependency struct {
	Name            string   `json:"name"` // as the manifest calls it
	Package         string   `json:"package"`
	Features        []string `json:"features"`
	Optional        bool     `json:"optional"`
	DefaultFeatures bool     `json:"default_features"`
	Kind            string   `json:"kind"`
}

// pkg is the dependency's name in the registry.
func (d dependency) pkg() string {
	if d.Package != "" {
		return d.Package
	}
	return d.Name
}

// readIndex reads what cargo has cached of the crate's index entry: all
// published versions, oldest first.
func readIndex(name string) ([]release, error) {
	home, err := cargoHome()
	if err != nil {
		return nil, err
	}
	files, err := filepath.Glob(filepath.Join(home, "registry", "index", "*", ".cache", filepath.FromSlash(indexPath(name))))
	if err != nil {
		return nil, err
	}
	if len(files) != 1 {
		return nil, fmt.Errorf("%s: %d index entries in cargo's cache, wanted one", name, len(files))
	}
	data, err := os.ReadFile(files[0])
	if err != nil {
		return nil, err
	}
	releases, err := parseIndex(data)
	if err != nil {
		return nil, fmt.Errorf("index entry of %s: %w", name, err)
	}
	return releases, nil
}

// cargoHome is where cargo keeps what it has fetched.
func cargoHome() (string, error) {
	if home := os.Getenv("CARGO_HOME"); home != "" {
		return home, nil
	}
	user, err := os.UserHomeDir()
	return filepath.Join(user, ".cargo"), err
}

// indexPath is where the entry stands below the index's root.
func indexPath(name string) string {
	name = strings.ToLower(name)
	switch len(name) {
	case 1, 2:
		return fmt.Sprintf("%d/%s", len(name), name)
	case 3:
		return "3/" + name[:1] + "/" + name
	}
	return name[:2] + "/" + name[2:4] + "/" + name
}

// parseIndex reads cargo's cache file: a version byte, the index format in
// four bytes, a revision, then version and JSON in turn, each ended by NUL.
func parseIndex(data []byte) ([]release, error) {
	const header = 5
	if len(data) < header || data[0] != 3 {
		return nil, fmt.Errorf("not a cache file of version 3")
	}
	fields := bytes.Split(data[header:], []byte{0})
	var releases []release
	for i := 2; i < len(fields); i += 2 {
		r, err := parseRelease(fields[i])
		if err != nil {
			return nil, err
		}
		releases = append(releases, r)
	}
	slices.SortFunc(releases, func(a, b release) int { return a.Vers.Compare(b.Vers) })
	return releases, nil
}

func parseRelease(data []byte) (release, error) {
	var raw struct {
		Vers        string              `json:"vers"`
		Features    map[string][]string `json:"features"`
		Features2   map[string][]string `json:"features2"`
		Deps        []dependency        `json:"deps"`
		Yanked      bool                `json:"yanked"`
		RustVersion string              `json:"rust_version"`
		PubTime     string              `json:"pubtime"`
	}
	if err := json.Unmarshal(data, &raw); err != nil {
		return release{}, err
	}
	v, err := semver.Parse(raw.Vers)
	if err != nil {
		return release{}, err
	}
	r := release{Vers: v, Features: map[string][]string{}, Deps: raw.Deps, Yanked: raw.Yanked, RustVersion: raw.RustVersion}
	r.Published, _, _ = strings.Cut(raw.PubTime, "T")
	maps.Copy(r.Features, raw.Features)
	for f, on := range raw.Features2 {
		r.Features[f] = append(r.Features[f], on...)
	}
	r.addImplicit()
	return r, nil
}

// addImplicit adds the features that optional dependencies make by themselves:
// one of each that no feature names as dep:NAME.
func (r *release) addImplicit() {
	named := map[string]bool{}
	for _, on := range r.Features {
		for _, x := range on {
			named[x] = true
		}
	}
	for _, d := range r.Deps {
		if _, taken := r.Features[d.Name]; d.Optional && d.Kind != "dev" && !taken && !named["dep:"+d.Name] {
			r.Features[d.Name] = []string{"dep:" + d.Name}
		}
	}
}

// implied gives all own features that the feature turns on, without itself.
func (r *release) implied(feature string) []string {
	seen := map[string]bool{feature: true}
	var all []string
	var add func(f string)
	add = func(f string) {
		for _, x := range r.Features[f] {
			// name/feature turns on the optional dependency too, and with it
			// its feature, if it has one.
			x, _, _ := strings.Cut(x, "/")
			if _, own := r.Features[x]; own && !seen[x] {
				seen[x] = true
				all = append(all, x)
				add(x)
			}
		}
	}
	add(feature)
	return all
}
