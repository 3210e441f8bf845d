// Evaluates JSONata: a line of JSON with an expression, and a line of JSON with its value or its error, again and again.
import { createRequire } from 'node:module'
import { createInterface } from 'node:readline'

// SIFTSTEP_MODULES is the node_modules of the checkout, whose version of jsonata is the one of Step Functions
const jsonata = createRequire(`${process.env.SIFTSTEP_MODULES}/`)('jsonata')

async function evaluate(expression) {
  try {
    return { result: (await jsonata(expression).evaluate(undefined)) ?? null }
  } catch (error) {
    return { error: error.message }
  }
}

for await (const line of createInterface({ input: process.stdin })) {
  process.stdout.write(`${JSON.stringify(await evaluate(JSON.parse(line)))}\n`)
}
