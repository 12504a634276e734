package media

import (
	"context"
	"crypto/rand"
	"errors"
	"io"
	"io/fs"
	"os"
	"path"
	"slices"
	"strings"
	"time"
)

// Folder is the Store in a directory: one subdirectory per first two digits of
// the hash, opened through os.Root, so that no name leads out of it.
type Folder struct{ root *os.Root }

var _ Store = (*Folder)(nil)

const (
	unfinished = "unfinished"
	forgotten  = time.Hour // an unfinished file so old has lost its writer
)

// OpenFolder opens dir, makes it when it is absent, and clears away what a
// process that was killed left unfinished.
func OpenFolder(dir string) (*Folder, error) {
	if err := os.MkdirAll(dir, 0o750); err != nil {
		return nil, err
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, err
	}
	f := &Folder{root}
	if err := f.tidy(); err != nil {
		return nil, errors.Join(err, root.Close())
	}
	return f, nil
}

func (f *Folder) tidy() error {
	if err := f.root.MkdirAll(unfinished, 0o750); err != nil {
		return err
	}
	entries, err := fs.ReadDir(f.root.FS(), unfinished)
	if err != nil {
		return err
	}
	for _, e := range entries {
		info, err := e.Info()
		if err != nil || time.Since(info.ModTime()) < forgotten {
			continue
		}
		if err := f.root.Remove(path.Join(unfinished, e.Name())); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	return nil
}

// Close lets go of the directory.
func (f *Folder) Close() error { return f.root.Close() }

func shard(name string) string { return name[:2] }

// Put writes beside, syncs, renames, and syncs the directory, so that after a
// crash there is the whole file or none.
func (f *Folder) Put(ctx context.Context, name string, content []byte) error {
	if !ValidName(name) {
		return ErrName
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	if err := f.put(name, content); err != nil {
		return ErrKeep.Because(err)
	}
	return nil
}

func (f *Folder) put(name string, content []byte) error {
	beside := path.Join(unfinished, rand.Text())
	if err := f.write(beside, content); err != nil {
		return errors.Join(err, f.removed(beside))
	}
	dir := shard(name)
	if err := f.root.MkdirAll(dir, 0o750); err != nil {
		return errors.Join(err, f.removed(beside))
	}
	if err := f.root.Rename(beside, path.Join(dir, name)); err != nil {
		return errors.Join(err, f.removed(beside))
	}
	return errors.Join(f.sync(dir), f.sync("."))
}

func (f *Folder) write(name string, content []byte) error {
	file, err := f.root.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o640)
	if err != nil {
		return err
	}
	_, err = file.Write(content)
	if err == nil {
		err = file.Sync()
	}
	return errors.Join(err, file.Close())
}

func (f *Folder) sync(dir string) error {
	d, err := f.root.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}

func (f *Folder) removed(name string) error {
	if err := f.root.Remove(name); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}

// Open opens the file of name.
func (f *Folder) Open(_ context.Context, name string) (io.ReadCloser, error) {
	if !ValidName(name) {
		return nil, ErrName
	}
	file, err := f.root.Open(path.Join(shard(name), name))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, ErrNotFound
	}
	if err != nil {
		return nil, ErrKeep.Because(err)
	}
	return file, nil
}

// Delete removes the file of name.
func (f *Folder) Delete(_ context.Context, name string) error {
	if !ValidName(name) {
		return ErrName
	}
	if err := f.removed(path.Join(shard(name), name)); err != nil {
		return ErrKeep.Because(err)
	}
	return nil
}

// List walks the subdirectories in order from the one of after.
func (f *Folder) List(ctx context.Context, after string, limit int) ([]string, error) {
	dirs, err := fs.ReadDir(f.root.FS(), ".")
	if err != nil {
		return nil, ErrKeep.Because(err)
	}
	out := []string{}
	for _, d := range dirs {
		if len(d.Name()) != 2 || !d.IsDir() || d.Name() < after[:min(2, len(after))] {
			continue
		}
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		files, err := fs.ReadDir(f.root.FS(), d.Name())
		if err != nil {
			return nil, ErrKeep.Because(err)
		}
		slices.SortFunc(files, func(a, b fs.DirEntry) int { return strings.Compare(a.Name(), b.Name()) })
		for _, file := range files {
			if len(out) >= limit {
				return out, nil
			}
			if file.Name() > after && ValidName(file.Name()) {
				out = append(out, file.Name())
			}
		}
	}
	return out, nil
}
