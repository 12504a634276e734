// Package media turns a photo as a phone sends it into the few sizes the shop
// shows, and keeps them.
//
// Invariants: nothing of the original is kept, so neither place nor camera is
// ever published; a picture's size is known from its header before a pixel of
// it is decoded, and at most two are decoded at once; a stored name is the
// hash of the original and a width, so its content never changes; a name from
// outside that has another form is refused before it touches the disk.
//
// It imports internal/fault only. It knows no product and no person: who may
// add, see or delete a photo is decided by the caller, and so is whether a
// photo that two pieces share may go.
package media
