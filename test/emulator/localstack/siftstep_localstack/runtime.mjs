// The part of Lambda's runtime for Node.js that a handler with a promise needs: one line of JSON for each invocation and for each answer.
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { pathToFileURL } from 'node:url'

const { env } = process
const write = process.stdout.write.bind(process.stdout)
// answers own the standard output: the console of the function goes to the standard error, which the executor reads as its log
process.stdout.write = process.stderr.write.bind(process.stderr)

const answer = (message) => write(`${JSON.stringify(message)}\n`)

/** An error as Lambda returns it. */
const describe = (error) => ({
  errorType: error?.name ?? typeof error,
  errorMessage: error?.message ?? String(error),
  trace: String(error?.stack ?? '').split('\n'),
})

/** The exported function that the handler setting names: `index.handler`. */
async function loadHandler() {
  const [module, name] = env._HANDLER.split('.')
  const file = ['.mjs', '.js', '.cjs'].map((ending) => join(env.LAMBDA_TASK_ROOT, `${module}${ending}`)).find((path) => existsSync(path))
  if (file === undefined) throw Object.assign(new Error(`Cannot find module '${module}'`), { name: 'Runtime.ImportModuleError' })
  return (await import(pathToFileURL(file).href))[name]
}

let handler
try {
  handler = await loadHandler()
  answer({ ready: true })
} catch (error) {
  answer({ error: describe(error) })
  process.exit(1)
}

for await (const line of createInterface({ input: process.stdin })) {
  const { id, arn, payload, seconds } = JSON.parse(line)
  const deadline = Date.now() + seconds * 1000
  const context = {
    awsRequestId: id,
    invokedFunctionArn: arn,
    functionName: env.AWS_LAMBDA_FUNCTION_NAME,
    functionVersion: env.AWS_LAMBDA_FUNCTION_VERSION,
    memoryLimitInMB: env.AWS_LAMBDA_FUNCTION_MEMORY_SIZE,
    logGroupName: env.AWS_LAMBDA_LOG_GROUP_NAME,
    logStreamName: env.AWS_LAMBDA_LOG_STREAM_NAME,
    getRemainingTimeInMillis: () => deadline - Date.now(),
  }
  try {
    answer({ result: JSON.stringify((await handler(JSON.parse(payload), context)) ?? null) })
  } catch (error) {
    answer({ error: describe(error) })
  }
}
