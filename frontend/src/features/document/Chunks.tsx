import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import Container from '@cloudscape-design/components/container';
import Header from '@cloudscape-design/components/header';
import Pagination from '@cloudscape-design/components/pagination';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useMemo, useState } from 'react';
import { number } from '../../components/format';
import { pagesText, parseChunks } from './chunks';
import { Markdown } from './Markdown';

const PAGE_SIZE = 20;

interface Props {
  lines: string;
  /** Shows a page of the source; absent where there is none beside. */
  onPage?: (page: number) => void;
}

export function Chunks({ lines, onPage }: Props) {
  const chunks = useMemo(() => parseChunks(lines), [lines]);
  const [page, setPage] = useState(1);
  const pages = Math.max(1, Math.ceil(chunks.length / PAGE_SIZE));
  return (
    <SpaceBetween size="m">
      {pages > 1 && (
        <Pagination
          currentPageIndex={page}
          pagesCount={pages}
          onChange={({ detail }) => setPage(detail.currentPageIndex)}
        />
      )}
      {chunks.slice((page - 1) * PAGE_SIZE, page * PAGE_SIZE).map((chunk) => {
        const [first] = chunk.pages;
        return (
          <Container
            key={chunk.id}
            header={
              <Header
                variant="h3"
                headingTagOverride="h2"
                description={chunk.headings.join(' › ') || undefined}
                actions={
                  onPage &&
                  first !== undefined && (
                    <Button variant="inline-link" onClick={() => onPage(first)}>
                      {pagesText(chunk.pages)}
                    </Button>
                  )
                }
              >
                Chunk {number(chunk.index + 1)}
              </Header>
            }
            footer={
              <Box fontSize="body-s" color="text-body-secondary">
                {[onPage ? '' : pagesText(chunk.pages), `about ${number(chunk.tokens)} tokens`]
                  .filter(Boolean)
                  .join(', ')}
              </Box>
            }
          >
            <Markdown text={chunk.text} />
          </Container>
        );
      })}
    </SpaceBetween>
  );
}
