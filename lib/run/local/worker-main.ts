/** The program of a worker process. */
import { serve, type WorkerOptions } from './worker.ts'

// a package that still uses `new Buffer` would have Node build a stack trace and a warning nobody reads
process.noDeprecation = true
serve(JSON.parse(process.argv[2] ?? '{}') as WorkerOptions, process.env)
