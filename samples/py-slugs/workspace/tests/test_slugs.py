import unittest

from slugs import slug, unique_slug


class SlugTests(unittest.TestCase):
    def test_words_are_joined_by_hyphens(self):
        self.assertEqual(slug("Hello, World!"), "hello-world")

    def test_accents_are_dropped(self):
        self.assertEqual(slug("Crème brûlée"), "creme-brulee")

    def test_a_taken_slug_gets_a_number(self):
        self.assertEqual(unique_slug("News", {"news"}), "news-2")


if __name__ == "__main__":
    unittest.main()
