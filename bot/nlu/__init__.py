"""Understanding words: the pipeline's components and their trained artefact."""
