package main

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"hash/fnv"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/charmbracelet/colorprofile"

	"reactorls/engine"
)

// A run of check is kept in the user's cache directory: what it printed, and the state of
// every path that it looked at. The next one like it prints the same as long as they are
// in that state. What cannot be read or written there is no matter: then all is looked at
// anew.

// kept is where a run is kept, and which: of this command, with these arguments, in this
// place.
type kept struct{ path, key string }

// runsKept bounds how many runs are kept, runSize the bytes that one may have printed.
const (
	runsKept = 64
	runSize  = 16 << 20
)

// environment are the variables that what is printed may depend on, sorted.
func environment() []string {
	vars := slices.DeleteFunc(os.Environ(), func(v string) bool {
		name, _, _ := strings.Cut(v, "=")
		return !strings.HasPrefix(name, "CARGO_") && !slices.Contains([]string{"RUSTFLAGS", "HOME", "USERPROFILE", "GITHUB_ACTIONS", "GITHUB_WORKSPACE"}, name)
	})
	slices.Sort(vars)
	return vars
}

// keptRun tells where a run like this one is kept; false where nothing can be.
func keptRun() (kept, bool) {
	cache, err := os.UserCacheDir()
	if err != nil {
		return kept{}, false
	}
	cwd, err := os.Getwd()
	if err != nil {
		return kept{}, false
	}
	program, err := os.Executable()
	if err != nil {
		return kept{}, false
	}
	info, err := os.Stat(program) // of builds between releases the version tells nothing
	if err != nil {
		return kept{}, false
	}
	key := fmt.Sprintf("reactorls run 1 %q %d %d %q %q", versionText(), info.Size(), info.ModTime().UnixNano(), cwd, os.Args[1:])
	key += " " + colorprofile.Detect(os.Stdout, os.Environ()).String()
	key += fmt.Sprintf(" %q", environment())
	hash := fnv.New64a()
	hash.Write([]byte(key))
	return kept{filepath.Join(cache, "reactorls", "runs", strconv.FormatUint(hash.Sum64(), 16)), key + "\n"}, true
}

// outcome is what a run printed and gave.
type outcome struct {
	code        int
	out, errOut []byte
}

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// recall gives what the run printed, if everything is as it was then.
func (k kept) recall() (outcome, bool) {
	data, err := os.ReadFile(k.path)
	if err != nil || len(data) < 4 {
		return outcome{}, false
	}
	data, sum := data[:len(data)-4], binary.LittleEndian.Uint32(data[len(data)-4:])
	rest, ok := bytes.CutPrefix(data, []byte(k.key))
	if !ok || crc32.Checksum(data, castagnoli) != sum {
		return outcome{}, false
	}
	var numbers [4]int
	for i := range numbers {
		var number []byte
		number, rest, _ = bytes.Cut(rest, []byte("\n"))
		if numbers[i], err = strconv.Atoi(string(number)); err != nil || numbers[i] < 0 {
			return outcome{}, false
		}
	}
	marks, out := numbers[1], numbers[2]
	if marks > len(rest) || out > len(rest)-marks {
		return outcome{}, false
	}
	seen, err := engine.ReadSeen(string(rest[:marks]))
	if err != nil || !seen.Holds() {
		return outcome{}, false
	}
	o := outcome{numbers[0], rest[marks : marks+out], rest[marks+out:]}
	now := time.Now()
	os.Chtimes(k.path, now, now) //nolint:errcheck // it may only go sooner
	return o, true
}

// keep writes a run down, whole or not at all.
func (k kept) keep(o outcome, seen *engine.Seen) error {
	var marks, b bytes.Buffer
	if _, err := seen.WriteTo(&marks); err != nil {
		return err
	}
	fmt.Fprintf(&b, "%s%d\n%d\n%d\n%d\n", k.key, o.code, marks.Len(), len(o.out), len(o.errOut))
	b.Write(marks.Bytes())
	b.Write(o.out)
	b.Write(o.errOut)
	sum := crc32.Checksum(b.Bytes(), castagnoli)
	b.Write(binary.LittleEndian.AppendUint32(nil, sum))
	dir := filepath.Dir(k.path)
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	temp, err := os.CreateTemp(dir, ".run")
	if err != nil {
		return err
	}
	_, err = temp.Write(b.Bytes())
	if err = errors.Join(err, temp.Close()); err == nil {
		err = os.Rename(temp.Name(), k.path)
	}
	if err != nil {
		os.Remove(temp.Name())
		return err
	}
	return prune(dir)
}

// prune removes the runs that were not used for longest.
func prune(dir string) error {
	entries, err := os.ReadDir(dir)
	if err != nil || len(entries) <= runsKept {
		return err
	}
	used := map[string]time.Time{}
	for _, e := range entries {
		if info, err := e.Info(); err == nil {
			used[e.Name()] = info.ModTime()
		}
	}
	slices.SortFunc(entries, func(a, b os.DirEntry) int { return used[b.Name()].Compare(used[a.Name()]) })
	for _, e := range entries[runsKept:] {
		err = errors.Join(err, os.Remove(filepath.Join(dir, e.Name())))
	}
	return err
}

// tee keeps what is written to a file, which may be a terminal: whoever asks that has to
// find the file.
type tee struct {
	to   *os.File
	kept *bytes.Buffer
}

func (t tee) Write(b []byte) (int, error) {
	t.kept.Write(b)
	return t.to.Write(b)
}

func (t tee) Read(b []byte) (int, error) { return t.to.Read(b) }
func (t tee) Close() error               { return t.to.Close() }
func (t tee) Fd() uintptr                { return t.to.Fd() }

// again runs work, or prints what it printed before. What work prints goes to the writers
// that it is given.
func again(out, errOut *os.File, work func(out, errOut io.Writer) (*engine.Session, error)) error {
	k, ok := keptRun()
	if !ok {
		_, err := work(out, errOut)
		return err
	}
	if o, ok := k.recall(); ok {
		if _, err := errOut.Write(o.errOut); err != nil {
			return err
		}
		if _, err := out.Write(o.out); err != nil {
			return err
		}
		if o.code != exitClean {
			return exitCode(o.code)
		}
		return nil
	}
	start := time.Now()
	var printed, told bytes.Buffer
	session, err := work(tee{out, &printed}, tee{errOut, &told})
	code := exitCode(exitClean)
	if err != nil && !errors.As(err, &code) || code == exitFailed || printed.Len()+told.Len() > runSize || strings.Contains(k.path, "\n") {
		return err
	}
	if seen, unsettled := session.Seen(start); unsettled == nil {
		k.keep(outcome{int(code), printed.Bytes(), told.Bytes()}, seen) //nolint:errcheck // the next run does the work again
	}
	return err
}
