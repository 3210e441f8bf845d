// What Lambda does with a bundle: loads it once, and gives it one event after another.
const { handler } = await import(process.argv[2])

process.on('message', async (event) => {
  try {
    process.send({ result: await handler(event, {}) })
  } catch ({ name, message }) {
    process.send({ error: { name, message } })
  }
})
