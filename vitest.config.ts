import { availableParallelism } from 'node:os'
import { defineConfig } from 'vitest/config'
import InOrderOfProjects from './test/kit/order-of-projects.ts'
import { OWN_PROCESS, THOROUGH } from './test/kit/projects.ts'

export default defineConfig({
  test: {
    // each project says what it includes: a list here would be added to each
    projects: [
      { extends: true, test: { name: 'own process', include: [...OWN_PROCESS] } },
      { extends: true, test: { name: 'thorough', include: [...THOROUGH], exclude: [...OWN_PROCESS], isolate: false } },
      { extends: true, test: { name: 'quick', include: ['test/**/*.test.ts'], exclude: [...OWN_PROCESS, ...THOROUGH], isolate: false } },
    ],
    // one more than there are cores: tests of whole programs wait for other processes a part of their time
    maxWorkers: availableParallelism() + 1,
    sequence: { sequencer: InOrderOfProjects },
    globalSetup: './test/kit/scratch.ts',
    setupFiles: ['./test/kit/seed.ts'],
    // against a test that hangs; a busy machine takes ten times as long as a quiet one
    testTimeout: 900_000,
    hookTimeout: 900_000,
    reporters: ['default', './test/kit/tally-reporter.ts'],
  },
})
