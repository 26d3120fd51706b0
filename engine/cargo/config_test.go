package cargo

import (
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

func parseConfig(t *testing.T, src string) *Config {
	t.Helper()
	c, err := ParseConfig(src, filepath.FromSlash("/ws"))
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestConfigPlatform(t *testing.T) {
	for _, tt := range []struct {
		name, config, triple, table string
		want                        bool
	}{
		{"a flag", "build.rustflags = ['--cfg', 'tokio_unstable']", "", "cfg(tokio_unstable)", true},
		{"in one word", "build.rustflags = '--cfg=tokio_unstable -O'", "", "cfg(tokio_unstable)", true},
		{"no flag", "", "", "cfg(tokio_unstable)", false},
		{"with a value", "build.rustflags = ['--cfg', 'a=\"b\"']", "", `cfg(a = "b")`, true},
		{"another value", "build.rustflags = ['--cfg', 'a=\"b\"']", "", `cfg(a = "c")`, false},
		{"a feature of the processor", "build.rustflags = ['-C', 'target-feature=+avx2,-sse']", "", `cfg(target_feature = "avx2")`, true},
		{"the same, shorter", "build.rustflags = ['-Ctarget-feature=+avx2']", "", `cfg(target_feature = "avx2")`, true},
		{"of the target", "target.x86_64-unknown-linux-gnu.rustflags = ['--cfg', 'x']", "", "cfg(x)", true},
		{"of another target", "target.aarch64-apple-darwin.rustflags = ['--cfg', 'x']", "", "cfg(x)", false},
		{"by cfg", "target.'cfg(unix)'.rustflags = ['--cfg', 'x']", "", "cfg(x)", true},
		{"target's instead of build's", "build.rustflags = ['--cfg', 'x']\ntarget.'cfg(unix)'.rustflags = ['--cfg', 'y']", "", "cfg(x)", false},
		{"build's on other targets", "build.rustflags = ['--cfg', 'x']\ntarget.'cfg(unix)'.rustflags = ['--cfg', 'y']", "x86_64-pc-windows-msvc", "cfg(x)", true},
		{"cut off", "build.rustflags = ['--cfg']", "", "cfg(x)", false},
		{"nonsense", "build.rustflags = ['--cfg', '(((', '-C']", "", "cfg(x)", false},
		{"negated", "build.rustflags = ['--cfg', 'x']", "", "cfg(not(x))", false},
	} {
		p := PlatformOf("x86_64-unknown-linux-gnu")
		if tt.triple != "" {
			p = PlatformOf(tt.triple)
		}
		if got := parseConfig(t, tt.config).Platform(p).Applies(tt.table); got != tt.want {
			t.Errorf("%s: %v", tt.name, got)
		}
		if p.Applies("cfg(tokio_unstable)") {
			t.Errorf("%s: the platform itself has changed", tt.name)
		}
	}
}

func TestConfigOfEnvironment(t *testing.T) {
	for _, tt := range []struct {
		name, environ string
		want          bool
	}{
		{"nothing", "PATH=/bin", false},
		{"flags", "RUSTFLAGS=-D warnings --cfg x", true},
		{"of cargo's own variable", "CARGO_BUILD_RUSTFLAGS=--cfg=x", true},
		{"encoded", "CARGO_ENCODED_RUSTFLAGS=-D\x1fwarnings\x1f--cfg\x1fx", true},
		{"of the target", "CARGO_TARGET_X86_64_UNKNOWN_LINUX_GNU_RUSTFLAGS=--cfg x", true},
		{"of another target", "CARGO_TARGET_AARCH64_APPLE_DARWIN_RUSTFLAGS=--cfg x", false},
		{"of a program", "CARGO_TARGET_DIR=--cfg x", false},
		{"no value", "RUSTFLAGS", false},
	} {
		file := parseConfig(t, "build.rustflags = ['--cfg', 'y']\nbuild.target = 'a'")
		c := ConfigOfEnvironment([]string{tt.environ, "CARGO_BUILD_TARGET=b"}).Under(file)
		p := c.Platform(PlatformOf("x86_64-unknown-linux-gnu"))
		if got := p.Applies("cfg(x)"); got != tt.want {
			t.Errorf("%s: %v", tt.name, got)
		}
		if !p.Applies("cfg(y)") {
			t.Errorf("%s: the flags of the file are gone", tt.name)
		}
		if !slices.Equal(c.Targets, []string{"b"}) {
			t.Errorf("%s: for %s", tt.name, c.Targets)
		}
	}
}

func FuzzConfigOfEnvironment(f *testing.F) {
	f.Add("RUSTFLAGS=--cfg x", "CARGO_ENCODED_RUSTFLAGS=-C\x1ftarget-feature=+y")
	f.Add("CARGO_TARGET_RUSTFLAGS=", "=CARGO_BUILD_TARGET")
	f.Fuzz(func(t *testing.T, one, other string) {
		ConfigOfEnvironment([]string{one, other}).Platform(Host()).Applies("cfg(x)")
	})
}

func TestConfigDirectory(t *testing.T) {
	const git = "git+https://x.y/r?branch=main#abc"
	for _, tt := range []struct{ name, config, source, want string }{
		{"nothing", "", CratesIO, ""},
		{"vendored", "source.crates-io.replace-with = 'v'\nsource.v.directory = 'vendor'", CratesIO, "/ws/vendor"},
		{"by sparse name", "source.crates-io.replace-with = 'v'\nsource.v.directory = 'vendor'", "sparse+https://index.crates.io/", "/ws/vendor"},
		{"a chain", "source.crates-io.replace-with = 'm'\nsource.m.registry = 'sparse+https://m/'\nsource.m.replace-with = 'v'\nsource.v.directory = 'vendor'", CratesIO, "/ws/vendor"},
		{"a circle", "source.crates-io.replace-with = 'm'\nsource.m.replace-with = 'crates-io'", CratesIO, ""},
		{"a mirror", "source.crates-io.replace-with = 'm'\nsource.m.registry = 'sparse+https://m/'", CratesIO, ""},
		{"git", "source.g.git = 'https://x.y/r'\nsource.g.branch = 'main'\nsource.g.replace-with = 'v'\nsource.v.directory = 'vendor'", git, "/ws/vendor"},
		{"other git", "source.g.git = 'https://x.y/q'\nsource.g.replace-with = 'v'\nsource.v.directory = 'vendor'", git, ""},
	} {
		if got := filepath.ToSlash(parseConfig(t, tt.config).Directory(tt.source)); got != tt.want {
			t.Errorf("%s: %q, want %q", tt.name, got, tt.want)
		}
	}
}

func TestConfigUnder(t *testing.T) {
	near := parseConfig(t, "build.target = 'a'\nbuild.rustflags = ['-n']\nsource.x.directory = 'near'\npatch.crates-io.p.path = 'p'")
	far := parseConfig(t, "build.target = ['b', 'c']\nbuild.rustflags = ['-f']\nsource.x.directory = 'far'\npaths = ['o']\npatch.crates-io.q = { git = 'u' }\npatch.crates-io.r = { git = 'u', package = 's' }")
	c := (&Config{}).Under(near).Under(far)
	if !slices.Equal(c.Targets, []string{"a"}) || strings.Join(c.buildFlags, " ") != "-f -n" || !c.Overrides ||
		filepath.Base(c.sources["x"].directory) != "near" || len(c.Patches) != 1 || strings.Join(c.Patched, " ") != "q s" {
		t.Errorf("%+v", c)
	}
}

func FuzzParseConfig(f *testing.F) {
	f.Add("build.rustflags = ['--cfg', 'a=\"b\"', '-C', 'target-feature=+x']\n[target.'cfg(unix)']\nrustflags = 'a b'\n[source.crates-io]\nreplace-with = 'v'\n[source.v]\ndirectory = 'd'\n[patch.x]\ny = { path = 'p' }\n")
	f.Add("[target]\nx = 1\n")
	f.Fuzz(func(t *testing.T, src string) {
		c, err := ParseConfig(src, "/")
		if err != nil {
			return
		}
		c.Under(c).Platform(Host()).Applies("cfg(x)")
		c.Directory(CratesIO)
		c.Directory("git+https://x/y#z")
	})
}
