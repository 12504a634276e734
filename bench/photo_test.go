package bench_test

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"saebaan/internal/media"
)

// developOnce is what a process of its own does for TestPhotoBesideVips.
func developOnce(file string) error {
	raw, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	prints, err := media.Develop(context.Background(), bytes.NewReader(raw))
	if err != nil {
		return err
	}
	folder, err := media.OpenFolder(os.Getenv("SAEBAAN_BENCH_FOLDER"))
	if err != nil {
		return err
	}
	return prints.Keep(context.Background(), folder)
}

// TestPhotoBesideVips makes four widths of a photo of twelve megapixels, ours and
// vipsthumbnail's, each in processes of their own, in turn.
func TestPhotoBesideVips(t *testing.T) {
	photo := filepath.Join("..", "..", "shared", "data", "photos", "HMD_Nokia_8.3_5G.jpg")
	if _, err := os.Stat(photo); err != nil {
		t.Skip("LOUD SKIP: ../shared/data/photos is absent; no photo was measured")
	}
	vips, err := exec.LookPath("vipsthumbnail")
	if err != nil {
		t.Skip("LOUD SKIP: vipsthumbnail is not installed; no photo was measured beside it")
	}
	rounds := 1
	if full {
		rounds = 10
	}
	var ours, theirs time.Duration
	var ourMemory, theirMemory int64
	measured := func(cmd *exec.Cmd) (time.Duration, int64) {
		began := time.Now()
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("%v: %s", err, out)
		}
		return time.Since(began), cmd.ProcessState.SysUsage().(*syscall.Rusage).Maxrss >> 10
	}
	for range rounds {
		folder := t.TempDir()
		cmd := exec.Command(os.Args[0])
		cmd.Env = append(os.Environ(), "SAEBAAN_BENCH_PHOTO="+photo, "SAEBAAN_BENCH_FOLDER="+folder)
		took, mb := measured(cmd)
		ours, ourMemory = ours+took, max(ourMemory, mb)
		if files, err := filepath.Glob(filepath.Join(folder, "*", "*.jpg")); err != nil || len(files) != 4 {
			t.Fatalf("%v, %v", files, err)
		}
		for _, width := range []int{240, 480, 960, 1600} {
			took, mb := measured(exec.Command(vips, photo, "--size", fmt.Sprintf("%dx", width), "-o", filepath.Join(t.TempDir(), "%s.jpg[Q=80]"))) // #nosec G204 -- found above
			theirs, theirMemory = theirs+took, max(theirMemory, mb)
		}
	}
	t.Logf("a photo of 12 MP in four widths: %.2f s and %d MB, vipsthumbnail %.2f s and %d MB: %.1f × its time (aim ≤ 3 ×, ≤ 150 MB)",
		ours.Seconds()/float64(rounds), ourMemory, theirs.Seconds()/float64(rounds), theirMemory, ours.Seconds()/theirs.Seconds())
}
