import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    // one for each core; the default leaves one free, which on a machine with two doubles the time
    maxWorkers: '100%',
    globalSetup: './test/kit/scratch.ts',
    setupFiles: ['./test/kit/seed.ts'],
    testTimeout: 120_000,
    hookTimeout: 120_000,
    reporters: ['default', './test/kit/tally-reporter.ts'],
  },
})
