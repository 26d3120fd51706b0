package diagnostics

import (
	"context"
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"reactorls/engine"
)

// TestSessions changes files at random, among all that the fixtures hold for their
// names, and after each change compares what a session finds, which keeps what it
// knows, with what a fresh one does.
func TestSessions(t *testing.T) {
	pool, names := texts(t)
	for seed := range uint64(30) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			random := rand.New(rand.NewPCG(seed, 0))
			session, files := engine.NewMemorySession(nil), map[string]string{}
			for step := range 40 {
				name := names[random.IntN(len(names))]
				if random.IntN(2) == 0 || step == 0 {
					name = []string{"Cargo.toml", "a/Cargo.toml", "src/main.rs", "src/lib.rs"}[min(step, random.IntN(4))]
				}
				path := filepath.Join(fixtureRoot, name)
				if random.IntN(4) == 0 && step > 0 {
					session.Close(path)
					delete(files, path)
				} else {
					content := pool[name][random.IntN(len(pool[name]))]
					session.Open(path, content, int32(step))
					files[path] = content
				}
				got, want := found(session), found(engine.NewMemorySession(files))
				if got != want {
					t.Fatalf("after %d changes, the last of %s:\n%s\nfresh:\n%s", step+1, name, got, want)
				}
			}
		})
	}
}

// texts are those of the fixtures' files, by the names that are not rare.
func texts(t *testing.T) (pool map[string][]string, names []string) {
	pool = map[string][]string{}
	for _, f := range fixtures(t) {
		for name, content := range f.files {
			pool[name] = append(pool[name], content)
		}
	}
	return pool, slices.DeleteFunc(slices.Sorted(maps.Keys(pool)), func(name string) bool {
		return len(pool[name]) < 3 && filepath.Base(name) != engine.ManifestName // hardly anything speaks of it
	})
}

// TestSessionsOnDisk is TestSessions with files on disk, most of which nobody has open: what
// is read of them is let go and read again. Some changes are told late.
func TestSessionsOnDisk(t *testing.T) {
	pool, names := texts(t)
	for seed := range uint64(20) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			random := rand.New(rand.NewPCG(seed, 1))
			root, home := t.TempDir(), t.TempDir()
			session, open := engine.NewSessionAt(home, nil), map[string]string{}
			var untold []string
			for step := range 40 {
				name := names[random.IntN(len(names))]
				if random.IntN(2) == 0 || step == 0 {
					name = []string{"Cargo.toml", "a/Cargo.toml", "src/main.rs", "src/lib.rs"}[min(step, random.IntN(4))]
				}
				path, content := filepath.Join(root, name), pool[name][random.IntN(len(pool[name]))]
				switch what := random.IntN(8); {
				case what == 0:
					session.Close(path)
					delete(open, path)
				case what < 3:
					session.Open(path, content, int32(step))
					open[path] = content
				case what == 3 && step > 0:
					os.Remove(path)
					untold = append(untold, path)
				default:
					if os.MkdirAll(filepath.Dir(path), 0o777) == nil && os.WriteFile(path, []byte(content), 0o666) != nil {
						t.Fatal("cannot write", path)
					}
					untold = append(untold, path)
				}
				if len(untold) > 0 && random.IntN(3) == 0 {
					foundIn(session, root) // whatever it is, half of it is of another time
					continue
				}
				session.DiskChanged(untold)
				untold = nil
				fresh := engine.NewSessionAt(home, nil)
				for path, content := range open {
					fresh.Open(path, content, 1)
				}
				got, want := foundIn(session, root), foundIn(fresh, root)
				if got != want {
					t.Fatalf("after %d changes, the last of %s:\n%s\nfresh:\n%s", step+1, name, got, want)
				}
			}
		})
	}
}

// TestTyping types in files that are all open, in a workspace of which some members look at
// files of others: nothing but what is typed can be another then, and little is read again.
func TestTyping(t *testing.T) {
	pool, _ := texts(t)
	members := []string{"a", "b", "c"}
	for seed := range uint64(20) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			random := rand.New(rand.NewPCG(seed, 2))
			session, files := engine.NewMemorySession(nil), map[string]string{}
			put := func(name, content string) {
				path := filepath.Join(fixtureRoot, name)
				session.Open(path, content, int32(len(files)))
				files[path] = content
			}
			text := func(name string) string {
				content := pool[name][random.IntN(len(pool[name]))]
				if random.IntN(2) == 0 {
					content += fmt.Sprintf("\n#[path = \"../../%s/src/lib.rs\"]\nmod shared;\n", members[random.IntN(len(members))])
				}
				return content
			}
			manifest := func(member string) string {
				content := pool[engine.ManifestName][random.IntN(len(pool[engine.ManifestName]))]
				return strings.Replace(strings.Replace(content, "[workspace]", "[package.metadata.x]", 1), "name = \"p\"", fmt.Sprintf("name = %q", member), 1)
			}
			put(engine.ManifestName, "[workspace]\nmembers = [\"a\", \"b\", \"c\"]\nresolver = \"2\"\n[workspace.dependencies]\ntokio = { version = \"1\", features = [\"full\"] }\n")
			for _, m := range members {
				put(m+"/Cargo.toml", manifest(m))
				put(m+"/src/lib.rs", text("src/lib.rs"))
				put(m+"/src/main.rs", text("src/main.rs"))
			}
			for step := range 40 {
				m := members[random.IntN(len(members))]
				switch random.IntN(8) {
				case 0:
					put(m+"/Cargo.toml", manifest(m))
				case 1, 2, 3:
					put(m+"/src/main.rs", text("src/main.rs"))
				default:
					put(m+"/src/lib.rs", text("src/lib.rs"))
				}
				if got, want := found(session), found(engine.NewMemorySession(files)); got != want {
					t.Fatalf("after %d changes, the last in %s:\n%s\nfresh:\n%s", step+1, m, got, want)
				}
			}
		})
	}
}

// found is all that a session's workspace shows.
func found(session *engine.Session) string { return foundIn(session, fixtureRoot) }

func foundIn(session *engine.Session, root string) string {
	s := session.Snapshot()
	w, err := s.Workspace(root)
	if err != nil {
		return err.Error()
	}
	r, err := Run(context.Background(), s, w, Options{})
	if err != nil {
		return err.Error()
	}
	var b strings.Builder
	for _, d := range r.Diagnostics {
		fmt.Fprintln(&b, d.Path, d.Span, d.Rule.Code, d.Severity, d.Message, d.Notes, d.Help, d.Related, d.Fixes)
	}
	return b.String()
}

// TestNeighbourChanged changes the manifest of one member, and holds what is found of the
// others to what a fresh session finds: what they are was read before.
func TestNeighbourChanged(t *testing.T) {
	files := map[string]string{}
	for name, content := range map[string]string{
		"Cargo.toml":    "[workspace]\nmembers = [\"a\", \"b\", \"c\", \"d\"]\nresolver = \"2\"\n[workspace.dependencies]\ntokio = { version = \"1\", features = [\"net\", \"sync\"] }\n",
		"c/Cargo.toml":  "[package]\nname = \"c\"\nedition = \"2021\"\n[dependencies]\ntokio.workspace = true\n",
		"c/src/main.rs": "fn main() { let _ = tokio::net::TcpStream::connect(\"\"); }\n",
		"d/Cargo.toml":  "[package]\nname = \"d\"\nedition = \"2021\"\n[dependencies]\ntokio.workspace = true\n",
		"d/src/main.rs": "fn main() { let _ = tokio::sync::Mutex::new(1); }\n",
		"a/Cargo.toml":  "[package]\nname = \"a\"\nedition = \"2021\"\n[dependencies]\ntokio = { version = \"1\", features = [\"fs\", \"net\"] }\n[package.metadata.reactorls.ignore-features]\ntokio = [\"fs\"]\n",
		"a/src/main.rs": "fn main() { let _ = tokio::net::TcpStream::connect(\"\"); let _ = tokio::time::sleep(std::time::Duration::ZERO); }\n",
		"b/Cargo.toml":  "[package]\nname = \"b\"\nedition = \"2021\"\n[dependencies]\ntokio = { version = \"1\", features = [\"time\"] }\n",
		"b/src/main.rs": "fn main() {}\n",
	} {
		files[filepath.Join(fixtureRoot, name)] = content
	}
	session := engine.NewMemorySession(files)
	before := found(session)
	neighbour, root := filepath.Join(fixtureRoot, "b", "Cargo.toml"), filepath.Join(fixtureRoot, "Cargo.toml")
	for i, change := range []string{"# typed\n", "[features]\nx = []\n", "# and more\n"} {
		if i == 2 { // the same text, read again, and one of two that inherit from it
			session.Open(root, files[root], 9)
			neighbour = filepath.Join(fixtureRoot, "d", "Cargo.toml")
		}
		files[neighbour] += change
		session.Open(neighbour, files[neighbour], int32(i+1))
		if got, want := found(session), found(engine.NewMemorySession(files)); got != want {
			t.Errorf("after %q:\n%s\nfresh:\n%s\nbefore:\n%s", change, got, want, before)
		}
	}
}
