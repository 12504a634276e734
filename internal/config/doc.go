// Package config is what the program was told: the environment and the data
// folder, read once at start. Secrets come by environment or file, never by
// flag, and are masked wherever the configuration is shown.
//
// It imports internal/fault only and knows nothing of what the values are for.
package config
