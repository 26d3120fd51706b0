package engine

import (
	"cmp"
	"path/filepath"
	"slices"
	"strings"

	"reactorls/engine/cargo"
	"reactorls/engine/runtimes"
	"reactorls/engine/semver"
)

// cache is what cargo has fetched, and what stands in for it.
type cache struct {
	*Reader
	home    string
	config  *cargo.Config
	indexes map[string][]string // by source
}

func newCache(r *Reader, config *cargo.Config) *cache {
	return &cache{Reader: r, home: r.s.cargoHome(), config: config, indexes: map[string][]string{}}
}

// cached is a package as it was found.
type cached struct {
	*cargo.Summary
	kind     cachedKind
	checksum string // "" where there is none
}

// cachedKind tells procedural macros from the rest, where the package's own
// manifest is there to tell.
type cachedKind uint8

const (
	unread   cachedKind = iota // there is only an index entry
	embedded                   // there is only what is known of a runtime
	ordinary
	procMacro
)

func kindOf(isProcMacro bool) cachedKind {
	if isProcMacro {
		return procMacro
	}
	return ordinary
}

// find reads a locked package from where its source is kept; nil where it is not.
func (c *cache) find(p cargo.LockedPackage) (found *cached, where string) {
	if dir := c.config.Directory(p.Source); dir != "" {
		return c.vendored(dir, p.Name, p.Version), dir
	}
	if strings.HasPrefix(p.Source, "git+") {
		return c.checkedOut(p), "cargo's git checkouts"
	}
	for _, index := range c.indexesOf(p.Source) {
		if e := c.entry(index, p.Name, p.Version); e != nil && (p.Checksum == "" || e.checksum == "" || e.checksum == p.Checksum) {
			e.kind = c.unpackedKind(filepath.Base(index), e.Summary)
			return e, ""
		}
	}
	return c.unpacked(p.Name, p.Version), "cargo's cache"
}

// indexesOf are the directories of the cached indexes that may be a source's, the
// likeliest first. A mirror's is as good: the checksum tells.
func (c *cache) indexesOf(source string) []string {
	if known, ok := c.indexes[source]; ok || c.home == "" {
		return known
	}
	dir := filepath.Join(c.home, "registry", "index")
	host := "index.crates.io-"
	if !cargo.FromCratesIO(source) {
		_, url, _ := strings.Cut(source, "://")
		host, _, _ = strings.Cut(url, "/")
		host += "-"
	}
	var likely, others []string
	for _, e := range c.List(dir) {
		switch path := filepath.Join(dir, e.Name); {
		case !e.Dir:
		case strings.HasPrefix(e.Name, host):
			likely = append(likely, path)
		default:
			others = append(others, path)
		}
	}
	c.indexes[source] = append(likely, others...)
	return c.indexes[source]
}

// entry is one version in a cached index; nil when it is not there.
func (c *cache) entry(index, name, version string) *cached {
	path := filepath.Join(index, ".cache", filepath.FromSlash(cargo.IndexPath(name)))
	e, _ := c.derive(path, version, func(entry []byte) any {
		s, checksum, err := cargo.IndexedSummary(entry, version)
		if err != nil || s == nil {
			return nil
		}
		return &cached{Summary: s, checksum: checksum}
	}).(*cached)
	if e == nil {
		return nil
	}
	own := *e
	return &own
}

// unpackedKind reports whether a registry's package is a procedural macro, which
// only its own manifest tells.
func (c *cache) unpackedKind(registry string, s *cargo.Summary) cachedKind {
	path := filepath.Join(c.home, "registry", "src", registry, s.Name+"-"+s.Version, ManifestName)
	kind, _ := c.derive(path, "kind", func(content []byte) any {
		if len(content) == 0 {
			return unread
		}
		return kindOf(cargo.IsProcMacro(string(content)))
	}).(cachedKind)
	return kind
}

// manifest is the package of a manifest that inherits nothing.
func (c *cache) manifest(path string) *cached {
	found, _ := c.derive(path, "summary", func(content []byte) any {
		m := cargo.ParseManifest(string(content))
		if m.Package == nil {
			return nil
		}
		p := &Package{Manifest: m, Name: m.Package.Name.Value, Version: m.Package.Version.Value}
		for _, d := range m.Dependencies {
			p.Dependencies = append(p.Dependencies, inheritDependency(d, m))
		}
		return &cached{Summary: p.summarise(), kind: kindOf(m.Lib != nil && m.Lib.ProcMacro)}
	}).(*cached)
	return found
}

// vendored finds a package in a directory that stands in for its source. There
// the folders are usually named for the packages, and may have any name.
func (c *cache) vendored(dir, name, version string) *cached {
	is := func(folder string) *cached {
		m := c.manifest(filepath.Join(dir, folder, ManifestName))
		if m != nil && m.Name == name && m.Version == version {
			return m
		}
		return nil
	}
	folders := c.List(dir)
	for _, folder := range []string{name, name + "-" + version} {
		if m := is(folder); m != nil {
			return m
		}
	}
	for _, folder := range folders {
		if folder.Dir && strings.HasPrefix(folder.Name, name) {
			if m := is(folder.Name); m != nil {
				return m
			}
		}
	}
	return nil
}

// unpacked finds the sources of a registry's package whose index entry is gone.
func (c *cache) unpacked(name, version string) *cached {
	if c.home == "" {
		return nil
	}
	dir := filepath.Join(c.home, "registry", "src")
	for _, registry := range c.List(dir) {
		m := c.manifest(filepath.Join(dir, registry.Name, name+"-"+version, ManifestName))
		if m != nil && m.Name == name && m.Version == version {
			return m
		}
	}
	return nil
}

// checkedOut finds a package in the clones that cargo has made of git
// repositories: git/checkouts/<repository>-<hash>/<short commit>.
func (c *cache) checkedOut(p cargo.LockedPackage) *cached {
	if c.home == "" {
		return nil
	}
	url, commit, _ := strings.Cut(strings.TrimPrefix(p.Source, "git+"), "#")
	url, _, _ = strings.Cut(url, "?")
	url = strings.TrimSuffix(strings.TrimSuffix(url, "/"), ".git")
	repository := strings.ToLower(url[strings.LastIndexByte(url, '/')+1:]) + "-"
	dir := filepath.Join(c.home, "git", "checkouts")
	for _, clone := range c.List(dir) {
		if !strings.HasPrefix(strings.ToLower(clone.Name), repository) {
			continue
		}
		for _, at := range c.List(filepath.Join(dir, clone.Name)) {
			const shortest = 7 // digits of a commit
			if len(at.Name) < shortest || !strings.HasPrefix(commit, at.Name) {
				continue
			}
			if found := c.packagesBelow(filepath.Join(dir, clone.Name, at.Name))[p.String()]; found != nil {
				own := *found
				return &own
			}
		}
	}
	return nil
}

// packagesBelow are the packages anywhere in a checkout, by name and version, as
// cargo looks for them.
func (c *cache) packagesBelow(dir string) map[string]*cached {
	return memoise(c.s, c.Reader, "packages below "+dir, func(r *Reader) map[string]*cached {
		const most, deepest = 20_000, 16 // directories
		all := map[string]*cached{}
		seen := 0
		var walk func(dir string, depth int)
		walk = func(dir string, depth int) {
			seen++
			entries := r.List(dir)
			if slices.Contains(entries, Entry{Name: ManifestName}) {
				if p := r.packageOf(filepath.Join(dir, ManifestName)); p != nil {
					if key := p.Name + " " + cmp.Or(p.Version, "0.0.0"); all[key] == nil {
						all[key] = &cached{Summary: p.summary(), kind: kindOf(p.procMacro())}
					}
				}
			}
			for _, e := range entries {
				if e.Dir && seen < most && depth < deepest && !strings.HasPrefix(e.Name, ".") && e.Name != "target" {
					walk(filepath.Join(dir, e.Name), depth+1)
				}
			}
		}
		walk(dir, 0)
		return all
	})
}

// versions are those of a package in a cached index, without yanked ones, the
// newest first.
func (c *cache) versions(index, name string) []string {
	path := filepath.Join(index, ".cache", filepath.FromSlash(cargo.IndexPath(name)))
	list, _ := c.derive(path, "versions", func(entry []byte) any {
		versions, _ := cargo.IndexedVersions(entry) // of a damaged file, those before the damage
		slices.SortFunc(versions, func(a, b string) int { return compareVersions(b, a) })
		return strings.Join(versions, " ")
	}).(string)
	return strings.Fields(list)
}

// newest finds the newest version that a requirement accepts in what cargo has
// cached of its default registry, else in what is known of a runtime crate.
func (c *cache) newest(name, req string) *cached {
	r, err := semver.ParseReq(cmp.Or(req, "*"))
	if err != nil {
		return nil
	}
	for _, index := range c.indexesOf(cargo.CratesIO) {
		for _, v := range c.versions(index, name) {
			if !matches(r, v) {
				continue
			}
			if e := c.entry(index, name, v); e != nil && !e.Yanked {
				e.kind = c.unpackedKind(filepath.Base(index), e.Summary)
				return e
			}
		}
	}
	if s := known(name, req); s != nil {
		return &cached{Summary: s, kind: embedded}
	}
	return nil
}

// known makes a summary of what is embedded about a runtime crate: its features,
// without its own dependencies.
func known(name, req string) *cargo.Summary {
	crate := runtimes.Lookup(name)
	r, err := semver.ParseReq(cmp.Or(req, "*"))
	if crate == nil || err != nil {
		return nil
	}
	for _, release := range crate.Releases() {
		if release.Yanked || !r.Matches(release.Version) {
			continue
		}
		version := release.Version.String()
		k := crate.At(version)
		listed := map[string][]string{}
		for _, f := range k.Features() {
			listed[f] = k.Implies(f)
		}
		return cargo.NewSummary(name, version, nil, listed)
	}
	return nil
}

func compareVersions(a, b string) int {
	v, _ := semver.Parse(a)
	w, _ := semver.Parse(b)
	return v.Compare(w)
}
