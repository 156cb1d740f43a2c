import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';

/** More than an editor shows at a glance; see "How a value travels" in docs/architecture.md. */
const MOST_MEMBERS = 12;

const PACKAGES = join(__dirname, '..', '..', '..', 'packages');

interface Documented {
  readonly name: string;
  readonly docs?: { readonly summary?: string; readonly default?: string };
  readonly optional?: boolean;
  readonly parameters?: Documented[];
}

interface Type extends Documented {
  readonly kind: 'class' | 'interface' | 'enum';
  readonly fqn: string;
  readonly datatype?: boolean;
  readonly interfaces?: string[];
  readonly properties?: Documented[];
  readonly methods?: Documented[];
  readonly initializer?: Documented;
}

/** The public types of a package, as jsii wrote them when it was compiled. */
function typesOf(name: string): Record<string, Type> {
  const plain = JSON.parse(readFileSync(join(PACKAGES, name, '.jsii'), 'utf8'));
  const assembly = plain.filename
    ? JSON.parse(String(gunzipSync(readFileSync(join(PACKAGES, name, plain.filename)))))
    : plain;
  return assembly.types;
}

const names = readdirSync(PACKAGES).filter((name) => existsSync(join(PACKAGES, name, '.jsii')));

test('all packages are compiled', () => {
  expect(names).toEqual(readdirSync(PACKAGES));
});

describe.each(names)('the public API of %s', (name) => {
  const types = typesOf(name);
  const all = Object.values(types);
  const structs = all.filter(({ datatype }) => datatype);
  const members = (type: Type): Documented[] => [
    ...(type.properties ?? []),
    ...(type.interfaces ?? []).flatMap((base) => (types[base] ? members(types[base]) : [])),
  ];

  test(`has no struct of more than ${MOST_MEMBERS} members, with those that it inherits`, () => {
    const large = structs.filter((type) => members(type).length > MOST_MEMBERS);

    expect(large.map((type) => `${type.name}: ${members(type).length}`)).toEqual([]);
  });

  test('says what each type, property, method and parameter is', () => {
    const parts = all.flatMap((type) => [
      { ...type, name: type.name },
      ...[...(type.properties ?? []), ...(type.methods ?? [])].map((part) => ({
        ...part,
        name: `${type.name}.${part.name}`,
      })),
      ...(type.methods ?? []).flatMap((method) =>
        (method.parameters ?? []).map((part) => ({ ...part, name: `${type.name}.${method.name}(${part.name})` })),
      ),
    ]);

    expect(parts.filter(({ docs }) => !docs?.summary).map((part) => part.name)).toEqual([]);
  });

  test('says what happens without each optional property', () => {
    const silent = structs.flatMap((type) =>
      (type.properties ?? [])
        .filter(({ optional, docs }) => optional && !docs?.default)
        .map((prop) => `${type.name}.${prop.name}`),
    );

    expect(silent).toEqual([]);
  });

  test('begins no description of a type with What, Who, How, When or Where', () => {
    const riddles = all.filter(({ docs }) => /^(What|Who|How|When|Where|Which|Whether) /.test(docs?.summary ?? ''));

    expect(riddles.map((type) => `${type.name}: ${type.docs?.summary}`)).toEqual([]);
  });

  test('names attributes of an import as CDK does', () => {
    const factories = all.flatMap((type) =>
      (type.methods ?? [])
        .filter((method) => /^from.*Attributes$/.test(method.name))
        .map((method) => [type.name, method.name]),
    );

    for (const [type, method] of factories) {
      expect(method).toBe(`from${type}Attributes`);
    }
  });
});
