import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    // one for each core; the default leaves one free, which on a machine with two doubles the time
    maxWorkers: '100%',
    globalSetup: './test/kit/scratch.ts',
    setupFiles: ['./test/kit/seed.ts'],
    // against a test that hangs; a busy machine takes ten times as long as a quiet one
    testTimeout: 900_000,
    hookTimeout: 900_000,
    reporters: ['default', './test/kit/tally-reporter.ts'],
  },
})
