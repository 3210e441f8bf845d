/** Calls over the network for function steps. */

/** Milliseconds that one call may take, and the waits before it is tried again. */
const LIMIT = 30_000
const WAITS = [500, 2000, 8000]

/** Like `fetch`: with a time limit, and again where the service was too busy or there was no answer. */
export async function http(url: string, options: RequestInit = {}): Promise<Response> {
  const isRepeatable = ['GET', 'HEAD', 'PUT', 'DELETE'].includes((options.method ?? 'GET').toUpperCase())
  for (const wait of [...(isRepeatable ? WAITS : []), null]) {
    const answer = await once(url, options).catch((error: Error) => error)
    const failed = answer instanceof Error || answer.status === 429 || answer.status >= 500
    if (wait === null || !failed) {
      if (answer instanceof Error) throw new Error(`${url} did not answer: ${answer.message}`)
      return answer
    }
    await new Promise((resolve) => setTimeout(resolve, wait))
  }
  throw new Error(`${url} did not answer`)
}

const once = (url: string, options: RequestInit) => fetch(url, { ...options, signal: options.signal ?? AbortSignal.timeout(LIMIT) })

/** Makes connections fail, for a step that did not ask for them. */
export async function refuseConnections(name: string): Promise<void> {
  const refuse = () => {
    throw new Error(`the step ${name} opens a connection: write \`needs: ['http']\` in its file`)
  }
  const { Socket } = await import('node:net')
  const { createSocket } = await import('node:dgram')
  Socket.prototype.connect = refuse
  const datagrams = Object.getPrototypeOf(createSocket('udp4').unref()) as { bind: unknown; send: unknown; connect: unknown }
  Object.assign(datagrams, { bind: refuse, send: refuse, connect: refuse })
  globalThis.fetch = async () => refuse()
}
