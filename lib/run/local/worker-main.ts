/** The program of a worker process, and of a process that calls a function of the author. */
import { fileURLToPath } from 'node:url'
import { optimizeLater } from '#core/task/short-process.ts'
import { serveCall } from './own-function-main.ts'
import { serve, type WorkerOptions } from './worker.ts'

// a package that still uses `new Buffer` would have Node build a stack trace and a warning nobody reads
process.noDeprecation = true
optimizeLater()
const options = JSON.parse(process.argv[2] ?? '{}') as Partial<WorkerOptions>
if (options.store === undefined) serveCall()
// it is built beside this program
else serve({ functionHost: fileURLToPath(new URL('function-host.js', import.meta.url)), ...(options as WorkerOptions) }, process.env)
