import { describe, expect, it } from 'vitest'
import { environmentSecrets, secretReference, secretsIn, withSecrets } from '#core/secrets/secrets.ts'

const settings = {
  type: 'x',
  with: { key: secretReference('B'), list: [secretReference('A'), { deep: secretReference('B') }], $secret: 3, plain: '$secret' },
}

describe('secrets in settings', () => {
  it('are named once each', () => {
    expect(secretsIn(settings)).toEqual(['A', 'B'])
    expect(secretsIn(null)).toEqual([])
  })

  it('are put in their places, each looked up once; the settings stay as they are', async () => {
    const before = structuredClone(settings)
    const asked: string[] = []
    const filled = await withSecrets(settings, async (name) => {
      asked.push(name)
      return `value of ${name}`
    })
    expect(filled).toEqual({
      type: 'x',
      with: { key: 'value of B', list: ['value of A', { deep: 'value of B' }], $secret: 3, plain: '$secret' },
    })
    expect(asked.sort()).toEqual(['A', 'B'])
    expect(settings).toEqual(before)
  })

  it('are not asked for where there are none', async () => {
    const none = { with: { a: 1 } }
    expect(await withSecrets(none, () => Promise.reject(new Error('asked')))).toBe(none)
  })

  it('of the environment are reported when they are missing or empty', async () => {
    const secrets = environmentSecrets({ A: 'a', EMPTY: '' })
    expect(await secrets('A')).toBe('a')
    for (const name of ['B', 'EMPTY'])
      await expect(secrets(name)).rejects.toMatchObject({
        name: 'Definition.MissingSecret',
        message: `missing secret ${name}: the environment variable ${name} is not set`,
        hint: `set ${name}, or pass a file that sets it with --env-file`,
      })
  })
})
