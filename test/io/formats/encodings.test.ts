/** Encodings other than UTF-8 and UTF-16: how they are guessed, and that each is read. */
import { afterAll, describe, expect, it } from 'vitest'
import { ENCODINGS } from '#io/formats/encodings.ts'
import { guessEncoding } from '#io/formats/guess-encoding.ts'
import { inspectFile, workplace } from './kit.ts'

const place = workplace()
afterAll(place.clear)

/** All characters of an encoding that take one or two bytes, by their bytes. */
function tableOf(encoding: string): ReadonlyMap<string, readonly number[]> {
  const decoder = new TextDecoder(encoding, { fatal: true })
  const table = new Map<string, readonly number[]>()
  const add = (...bytes: number[]) => {
    try {
      const text = decoder.decode(Uint8Array.from(bytes))
      if ([...text].length === 1 && !table.has(text)) table.set(text, bytes)
    } catch {
      // no character
    }
  }
  for (let first = 0; first < 256; first++) add(first)
  for (let first = 128; first < 256; first++) for (let second = 64; second < 256; second++) add(first, second)
  return table
}

function encode(text: string, encoding: string): Buffer {
  const table = tableOf(encoding)
  return Buffer.from([...text].flatMap((character) => [...(table.get(character) ?? [])]))
}

const CHINESE = '编号,水果,颜色\n1,苹果,红色\n2,香蕉,黄色\n3,葡萄,紫色\n4,西瓜,绿色\n5,草莓,红色\n6,桃子,粉色\n7,梨子,黄色\n'
const JAPANESE = '番号,名前,都市\n1,さくら,とうきょう\n2,ハルト,おおさか\n3,ゆい,なごや\n4,そうた,さっぽろ\n5,あおい,ふくおか\n'
const KOREAN = '번호,이름,도시\n1,김민준,서울\n2,이서연,부산\n3,박지후,대구\n4,최서현,인천\n5,정도윤,광주\n'
const RUSSIAN =
  'номер,город,область\n1,Москва,Московская область\n2,Казань,Республика Татарстан\n3,Омск,Омская область\n4,Пермь,Пермский край\n'

describe('text in another script', () => {
  it.each([
    ['gb18030', CHINESE],
    ['euc-kr', KOREAN],
    ['shift_jis', JAPANESE],
    ['euc-jp', JAPANESE],
    ['windows-1251', RUSSIAN],
    ['koi8-r', RUSSIAN],
  ])('in %s is recognised, and with little text it is said to be a guess', async (encoding, text) => {
    const bytes = encode(text, encoding)
    expect(guessEncoding([bytes])).toMatchObject({
      encoding,
      unsure: true,
      note: expect.stringContaining(`read as ${encoding}, which is a guess`),
    })
    const { inspection } = await inspectFile(place.write(bytes, `${encoding}.csv`), place.store)
    expect(inspection).toMatchObject({
      encoding,
      columns: text.split('\n')[0]?.split(','),
      doubts: [expect.stringContaining('set encoding')],
    })
    const given = await inspectFile(place.write(bytes, `${encoding}.csv`), place.store, { encoding: encoding as 'gbk' })
    expect(given.inspection.doubts).toBeUndefined()
    expect(Buffer.from((await place.store.read(given.inspection.staged ?? '')) ?? []).toString()).toBe(text)
  })

  it('is recognised without a doubt where there is enough of it', () => {
    expect(guessEncoding([encode(RUSSIAN.repeat(20), 'windows-1251')])).toMatchObject({ encoding: 'windows-1251', unsure: false })
  })

  it('in Latin letters is western, unless its characters are odd', () => {
    expect(guessEncoding([Buffer.from('Zürich, Genève, São Paulo', 'latin1')])).toMatchObject({ encoding: 'windows-1252', unsure: false })
    const czech = 'id,město\n1,Plzeň\n2,Liberec\n3,České Budějovice\n4,Ústí nad Labem\n5,Třebíč\n6,Přerov\n'
    expect(guessEncoding([encode(czech, 'iso-8859-2')])).toMatchObject({ encoding: 'iso-8859-2', unsure: true })
    const turkish = 'il,ad\n1,Diyarbakır\n2,İstanbul\n3,Eskişehir\n4,Muğla\n5,Şanlıurfa\n6,Kırşehir\n'
    expect(guessEncoding([encode(turkish, 'windows-1254')]).unsure).toBe(true)
    const polish = 'miasto\nŁódź\nGdańsk\nKraków\nBiałystok\nCzęstochowa\nPoznań\nWrocław\nŚwinoujście\nZielona Góra\nJęzyk żółty\n'
    expect(guessEncoding([encode(polish, 'windows-1250')])).toMatchObject({ encoding: 'windows-1250', unsure: true })
  })
})

describe('every encoding', () => {
  it.each(ENCODINGS.filter((name) => !name.startsWith('utf') && name !== 'latin-1'))('%s is one of the platform', (encoding) => {
    expect(() => new TextDecoder(encoding)).not.toThrow()
  })

  it('marks bytes that are no character as bad records', async () => {
    const bytes = Buffer.concat([encode('a,b\n1,苹\n2,', 'gbk'), Buffer.from([0xff, 0xff]), Buffer.from('\n3,x\n')])
    const { inspection } = await inspectFile(place.write(bytes, 'bad.csv'), place.store, { encoding: 'gbk' })
    expect(inspection).toMatchObject({ records: 3, bad: [{ record: 2, reason: expect.stringContaining('UTF-8') }] })
  })

  it('of four bytes a character is read', async () => {
    const text = 'a,b\n1,é😀\n'
    const units = Buffer.alloc([...text].length * 4)
    for (const [at, character] of [...text].entries()) units.writeUInt32LE(character.codePointAt(0) ?? 0, at * 4)
    const marked = Buffer.concat([Buffer.from([0xff, 0xfe, 0, 0]), units])
    const { inspection } = await inspectFile(place.write(marked, 'wide.csv'), place.store)
    expect(inspection).toMatchObject({ encoding: 'utf-32le', records: 1, bad: [] })
    expect(Buffer.from((await place.store.read(inspection.staged ?? '')) ?? []).toString()).toBe(text)
  })
})
