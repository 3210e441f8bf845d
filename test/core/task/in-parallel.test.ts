import { describe, expect, it } from 'vitest'
import { bothOf, inParallel } from '#core/task/in-parallel.ts'

const later = <T>(value: T, done: string[], name: string) =>
  new Promise<T>((resolve) =>
    setTimeout(() => {
      done.push(name)
      resolve(value)
    }, 5),
  )

describe('work at the same time', () => {
  it('gives both results', async () => {
    expect(await bothOf(later(1, [], 'a'), Promise.resolve('b'))).toEqual([1, 'b'])
  })

  it('throws a failure only after both have ended', async () => {
    const done: string[] = []
    await expect(bothOf(Promise.reject(new Error('first')), later(2, done, 'b'))).rejects.toThrow('first')
    await expect(bothOf(later(2, done, 'a'), Promise.reject(new Error('second')))).rejects.toThrow('second')
    expect(done).toEqual(['b', 'a'])
  })

  it('keeps the order of the items and the limit', async () => {
    let [running, most] = [0, 0]
    const results = await inParallel([3, 1, 2], 2, async (item) => {
      most = Math.max(most, ++running)
      await new Promise((resolve) => setTimeout(resolve, item))
      running--
      return item * 10
    })
    expect({ results, most }).toEqual({ results: [30, 10, 20], most: 2 })
  })
})
