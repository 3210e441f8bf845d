/** The program of a worker process. */
import { serve, type WorkerOptions } from './worker.ts'

serve(JSON.parse(process.argv[2] ?? '{}') as WorkerOptions, process.env)
