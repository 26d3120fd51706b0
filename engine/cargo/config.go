package cargo

import (
	"errors"
	"fmt"
	"maps"
	"path/filepath"
	"slices"
	"strings"

	"github.com/pelletier/go-toml/v2"

	"reactorls/engine/cfg"
)

// Config is what of cargo's configuration decides which packages and features
// there are.
type Config struct {
	// Targets are build.target.
	Targets []string
	// sources are the [source] tables, by name.
	sources map[string]configSource
	// Patches are the paths that [patch] tables name, absolute; Patched are the
	// packages that they take from elsewhere otherwise.
	Patches, Patched []string
	// Overrides tells that there are paths, which replace packages.
	Overrides bool

	buildFlags  []string
	targetFlags []targetFlags
	// added are the flags of the environment, whatever the files say; their target is
	// as names of variables write it, "" for all.
	added []targetFlags
}

type configSource struct {
	replaceWith, registry, git, directory string
}

type targetFlags struct {
	target string // a triple or cfg(…)
	flags  []string
}

// ParseConfig reads one config.toml whose paths count from dir.
func ParseConfig(src, dir string) (*Config, error) {
	var file struct {
		Build struct {
			Target    any
			Rustflags any
		}
		Target map[string]map[string]any
		Source map[string]struct {
			ReplaceWith string `toml:"replace-with"`
			Registry    string
			Git         string
			Directory   string
		}
		Patch map[string]map[string]any
		Paths any
	}
	if err := toml.Unmarshal([]byte(strings.TrimPrefix(src, "\ufeff")), &file); err != nil {
		if d := (*toml.DecodeError)(nil); errors.As(err, &d) {
			line, _ := d.Position()
			return nil, fmt.Errorf("line %d: %w", line, err)
		}
		return nil, err
	}
	c := &Config{Targets: words(file.Build.Target), buildFlags: words(file.Build.Rustflags), sources: map[string]configSource{}, Overrides: len(words(file.Paths)) > 0}
	for _, target := range slices.Sorted(maps.Keys(file.Target)) {
		if flags := words(file.Target[target]["rustflags"]); len(flags) > 0 {
			c.targetFlags = append(c.targetFlags, targetFlags{target, flags})
		}
	}
	for name, s := range file.Source {
		if s.Directory != "" && !filepath.IsAbs(s.Directory) {
			s.Directory = filepath.Join(dir, filepath.FromSlash(s.Directory))
		}
		c.sources[name] = configSource{s.ReplaceWith, s.Registry, s.Git, s.Directory}
	}
	for _, source := range slices.Sorted(maps.Keys(file.Patch)) {
		for _, name := range slices.Sorted(maps.Keys(file.Patch[source])) {
			table, _ := file.Patch[source][name].(map[string]any)
			if path, _ := table["path"].(string); path != "" {
				if !filepath.IsAbs(path) {
					path = filepath.Join(dir, filepath.FromSlash(path))
				}
				c.Patches = append(c.Patches, path)
			} else if renamed, _ := table["package"].(string); renamed != "" {
				c.Patched = append(c.Patched, renamed)
			} else {
				c.Patched = append(c.Patched, name)
			}
		}
	}
	return c, nil
}

// ConfigOfEnvironment reads environment variables, each NAME=value: the target and the
// flags for rustc. Cargo takes the flags of one place only, and those of RUSTFLAGS instead
// of those of a file. Here they are added to them: a program that is checked with RUSTFLAGS
// for the sake of a lint is built without.
func ConfigOfEnvironment(environ []string) *Config {
	c := &Config{}
	add := func(target string, flags []string) { c.added = append(c.added, targetFlags{target, flags}) }
	for _, v := range environ {
		name, value, _ := strings.Cut(v, "=")
		switch name {
		case "CARGO_BUILD_TARGET":
			c.Targets = strings.Fields(value)
		case "CARGO_ENCODED_RUSTFLAGS":
			add("", strings.Split(value, "\x1f"))
		case "RUSTFLAGS", "CARGO_BUILD_RUSTFLAGS":
			add("", strings.Fields(value))
		default:
			if target, ok := strings.CutPrefix(name, "CARGO_TARGET_"); ok {
				if target, ok = strings.CutSuffix(target, "_RUSTFLAGS"); ok {
					add(target, strings.Fields(value))
				}
			}
		}
	}
	return c
}

// variable writes a target as names of environment variables do.
func variable(triple string) string {
	return strings.NewReplacer("-", "_", ".", "_").Replace(strings.ToUpper(triple))
}

// words reads a list of strings, or a string with spaces between them.
func words(v any) []string {
	switch v := v.(type) {
	case string:
		return strings.Fields(v)
	case []any:
		var all []string
		for _, e := range v {
			if s, ok := e.(string); ok {
				all = append(all, s)
			}
		}
		return all
	}
	return nil
}

// Under adds what a config that is farther away says: what is nearer wins, lists
// are joined.
func (c *Config) Under(far *Config) *Config {
	all := &Config{
		Targets:     c.Targets,
		sources:     maps.Clone(far.sources),
		Patches:     slices.Concat(c.Patches, far.Patches),
		Patched:     slices.Concat(c.Patched, far.Patched),
		Overrides:   c.Overrides || far.Overrides,
		buildFlags:  slices.Concat(far.buildFlags, c.buildFlags),
		targetFlags: slices.Concat(far.targetFlags, c.targetFlags),
		added:       slices.Concat(far.added, c.added),
	}
	if len(all.Targets) == 0 {
		all.Targets = far.Targets
	}
	if all.sources == nil {
		all.sources = map[string]configSource{}
	}
	maps.Copy(all.sources, c.sources)
	return all
}

// Platform is a target with the cfg names that the flags for rustc add.
func (c *Config) Platform(p *Platform) *Platform {
	var flags []string
	for _, t := range c.targetFlags {
		if p.Applies(t.target) {
			flags = append(flags, t.flags...)
		}
	}
	if len(flags) == 0 {
		flags = c.buildFlags
	}
	atoms := cfgFlags(flags)
	for _, t := range c.added {
		if t.target == "" || t.target == variable(p.Triple) {
			atoms = append(atoms, cfgFlags(t.flags)...)
		}
	}
	if len(atoms) == 0 {
		return p
	}
	with := &Platform{Triple: p.Triple, atoms: maps.Clone(p.atoms), flags: map[string]bool{}}
	for _, a := range atoms {
		with.atoms[atomKey(a)] = true
		with.flags[a.Name] = true
	}
	return with
}

// cfgFlags are the atoms that --cfg and -C target-feature set.
func cfgFlags(flags []string) []cfg.Expr {
	var atoms []cfg.Expr
	for i := 0; i < len(flags); i++ {
		next := func() string {
			if i++; i < len(flags) {
				return flags[i]
			}
			return ""
		}
		f := flags[i]
		switch {
		case f == "--cfg":
			f = next()
		case strings.HasPrefix(f, "--cfg="):
			f = f[len("--cfg="):]
		case f == "-C" || f == "--codegen":
			atoms = append(atoms, targetFeatures(next())...)
			continue
		case strings.HasPrefix(f, "-C"):
			atoms = append(atoms, targetFeatures(f[2:])...)
			continue
		default:
			continue
		}
		if e, err := cfg.Parse(f); err == nil && e.Op == cfg.Atom {
			atoms = append(atoms, e)
		}
	}
	return atoms
}

func targetFeatures(option string) []cfg.Expr {
	list, ok := strings.CutPrefix(option, "target-feature=")
	if !ok {
		return nil
	}
	var atoms []cfg.Expr
	for _, f := range strings.Split(list, ",") {
		if name, on := strings.CutPrefix(f, "+"); on {
			atoms = append(atoms, cfg.Expr{Op: cfg.Atom, Name: "target_feature", Valued: true, Value: name})
		}
	}
	return atoms
}

// Directory is the directory that stands in for a source of Cargo.lock, "" where
// none does.
func (c *Config) Directory(source string) string {
	name := c.sourceName(source)
	for range len(c.sources) + 1 { // a chain that is longer runs in a circle
		s, ok := c.sources[name]
		switch {
		case !ok:
			return ""
		case s.directory != "":
			return s.directory
		}
		name = s.replaceWith
	}
	return ""
}

// CratesIO is the default registry as lockfiles write it.
const CratesIO = "registry+https://github.com/rust-lang/crates.io-index"

// FromCratesIO reports whether a source of Cargo.lock is the default registry.
func FromCratesIO(source string) bool {
	return source == CratesIO || source == "sparse+https://index.crates.io/"
}

func (c *Config) sourceName(source string) string {
	if FromCratesIO(source) {
		return "crates-io"
	}
	kind, url, _ := strings.Cut(withoutRevision(source), "+")
	url, _, _ = strings.Cut(url, "?")
	for _, name := range slices.Sorted(maps.Keys(c.sources)) {
		s := c.sources[name]
		switch kind {
		case "git":
			if s.git == url {
				return name
			}
		case "registry", "sparse":
			if s.registry == url || s.registry == kind+"+"+url {
				return name
			}
		}
	}
	return ""
}
