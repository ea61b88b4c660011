import './upload.css';
import Box from '@cloudscape-design/components/box';
import { useEffect, useState } from 'react';
import { useNavigate } from 'react-router-dom';
import { fromDrop } from './chosen';
import { addFiles } from './uploads';

const bringsFiles = (event: DragEvent): boolean =>
  event.dataTransfer?.types.includes('Files') ?? false;

/** Takes files that are dropped anywhere on the page, and says so while they hover. */
export function DropAnywhere() {
  const [hovering, setHovering] = useState(false);
  const navigate = useNavigate();

  useEffect(() => {
    // Moving over an inner element enters it before it leaves the outer one; only a depth of none is outside.
    let depth = 0;
    const entered = (event: DragEvent) => {
      if (!bringsFiles(event)) return;
      depth += 1;
      setHovering(true);
    };
    const left = (event: DragEvent) => {
      if (!bringsFiles(event)) return;
      depth = Math.max(0, depth - 1);
      if (depth === 0) setHovering(false);
    };
    const over = (event: DragEvent) => {
      if (bringsFiles(event)) event.preventDefault();
    };
    const dropped = (event: DragEvent) => {
      if (!event.dataTransfer || !bringsFiles(event)) return;
      event.preventDefault();
      depth = 0;
      setHovering(false);
      void fromDrop(event.dataTransfer).then(addFiles);
      navigate('/upload');
    };
    window.addEventListener('dragenter', entered);
    window.addEventListener('dragleave', left);
    window.addEventListener('dragover', over);
    window.addEventListener('drop', dropped);
    return () => {
      window.removeEventListener('dragenter', entered);
      window.removeEventListener('dragleave', left);
      window.removeEventListener('dragover', over);
      window.removeEventListener('drop', dropped);
    };
  }, [navigate]);

  if (!hovering) return null;
  return (
    <div className="drop-anywhere">
      <Box variant="h1" tagOverride="div" color="inherit">
        Drop to upload
      </Box>
    </div>
  );
}
